const REST = 'other';

/**
 * The values of a label. Each new one is a further time series, which the process and Prometheus keep for good, so after
 * so many different ones every other becomes `other`. All of ours are names in the code; this is for a mistake in code to
 * come.
 */
export class BoundedLabel {
  private readonly seen = new Set<string>();

  constructor(private readonly most: number) {}

  of(value: string): string {
    if (this.seen.has(value)) return value;
    if (this.seen.size >= this.most) return REST;
    this.seen.add(value);
    return value;
  }
}
