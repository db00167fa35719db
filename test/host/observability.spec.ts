import { readFileSync } from 'node:fs';
import { Metrics } from '../../src/metrics/metrics.js';
import { startHost } from '../support/host.js';
import { Scrape } from './scrape.js';

const page = readFileSync('docs/observability.md', 'utf8');
const alerts = readFileSync('docs/observability/alerts.yml', 'utf8');
const board = JSON.parse(readFileSync('docs/observability/grafana.json', 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};

const NAME = /\b(?:authentication|http|nodejs|process)_[a-z0-9_]+/g;
const namesIn = (text: string): string[] => [...new Set(text.match(NAME) ?? [])];

/** The table of the page, before the section for projects that name their own metrics. */
const [, table = ''] = /\| Metric([^]*?)\n\n/.exec(page) ?? [];
const rules = alerts.split('- alert: ').slice(1);

describe('docs/observability', () => {
  let scrape: Scrape;

  beforeAll(async () => {
    const app = await startHost({ variables: { METRICS_PORT: '0' } });
    scrape = await Scrape.of(app.get(Metrics).url);
    await app.close();
  });

  it('has a row for every metric of ours, with its kind, and for no other', () => {
    const rows = table.split('\n').flatMap((row) => {
      const [, names = '', kind = ''] = row.split('|').map((cell) => cell.trim());
      return namesIn(names).map((name) => [name, kind] as const);
    });
    const ours = [...scrape.kinds].filter(([name]) => !/^(nodejs|process)_/.test(name));
    expect(ours.length).toBeGreaterThan(15);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(ours));
  });

  it('names only metrics that exist', () => {
    const [text = ''] = page.split('## In an existing project');
    for (const name of namesIn(text)) expect([name, scrape.kinds.has(name)]).toEqual([name, true]);
  });

  it('has alerts that query metrics that exist, and say what to do', () => {
    expect(rules.length).toBeGreaterThanOrEqual(9);
    for (const rule of rules) {
      const [, query = ''] = /\n {8}expr: ([^]*?)\n {8}for: \d+m\n/.exec(rule) ?? [];
      expect(namesIn(query).length).toBeGreaterThan(0);
      expect(namesIn(query).filter((name) => !scrape.names.includes(name))).toEqual([]);
      expect(rule).toMatch(/\n {10}summary: \S[^\n]{20,}\.\n {10}description: >-\n {12}\S/);
      expect(rule).toMatch(/severity: (?:warning|critical)/);
    }
  });

  it('has a board whose queries name metrics that exist, and that shows each metric of ours', () => {
    const queries = board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const named = namesIn(queries.join('\n'));
    expect(named.filter((name) => !scrape.names.includes(name))).toEqual([]);
    const shown = named.map((name) => name.replace(/_(?:bucket|count|sum)$/, ''));
    const ours = [...scrape.kinds.keys()].filter((name) => !/^(nodejs|process)_/.test(name));
    expect(ours.filter((name) => !shown.includes(name))).toEqual([]);
  });
});
