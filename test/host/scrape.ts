/** What `/metrics` shows: each series with its value, and the kind of each metric. */
export class Scrape {
  readonly series = new Map<string, number>();
  readonly kinds = new Map<string, string>();

  static async of(url: string): Promise<Scrape> {
    const answer = await fetch(url);
    if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}`);
    return new Scrape(await answer.text());
  }

  constructor(readonly text: string) {
    for (const line of text.split('\n')) {
      const [, name = '', kind = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (name !== '') this.kinds.set(name, kind);
      const [, series = '', value = ''] = /^([a-z]\S*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      if (series !== '') this.series.set(series, Number(value));
    }
  }

  get(series: string): number | undefined {
    return this.series.get(series);
  }

  /** The metrics that a query may name: a histogram has three. */
  get names(): string[] {
    return [...this.kinds].flatMap(([name, kind]) =>
      kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
  }
}
