import type { Choices } from '../choices.js';
import type { Around, Everywhere } from '../project/around.js';
import type { ProjectFacts } from '../project/detect.js';
import type { FactRow } from './plan.js';

const LONGEST = 40;

export function prefixRow({ globalPrefix: { unread, value } }: ProjectFacts, choices: Choices): FactRow {
  const given = choices.globalPrefix;
  const then = given === '' ? 'links start at APP_URL' : 'part of APP_URL in links';
  const fact = 'global prefix';
  if (unread === null) return { fact, found: value === '' ? 'none' : value, then, flag: '--global-prefix' };
  const assumed = given === '' ? 'taken as none' : `taken as ${given}`;
  return { fact, found: short(unread), then: `${assumed}: ${then}`, flag: '--global-prefix' };
}

/** What the application does to every request: a row for each, only if it is found. */
export function aroundRows(around: Around): FactRow[] {
  const rows: (FactRow | false)[] = [
    around.versioning !== null &&
      row(
        'versioning',
        [around.versioning.type, around.versioning.defaultVersion].filter((part) => part !== null).join(', '),
        'our routes have no version',
        '--route-prefix',
      ),
    listed('global guards', around.guards, guardsAnswer(around)),
    listed('interceptors', around.interceptors, 'they run, but do not change our answers'),
    listed('global pipes', around.pipes, 'our bodies have their own checks'),
    listed('global filters', around.filters, 'our failures stay problems (RFC 9457)'),
    around.throttler && row('global limits', 'ThrottlerGuard', 'they hold on our routes, too: see below'),
    around.csrf !== null && row('CSRF', around.csrf, 'a line to write: see below'),
    around.helmet && row('helmet', 'yes', 'our pages have their own policy'),
    around.cookies && row('cookies', 'parsed', 'not used: tokens are in headers'),
    around.views && row('view engine', 'yes', 'not used by our pages'),
    around.trustsProxies && row('trust proxy', 'yes', 'set TRUSTED_PROXIES, too'),
    around.swagger && row('OpenAPI', 'your own', 'it shows our routes, too: see below'),
  ];
  return rows.filter((each) => each !== false);
}

function guardsAnswer({ publicMark }: Around): string {
  return publicMark === null ? 'lines to write: see below' : `our routes are @${publicMark.call}`;
}

function listed(fact: string, found: readonly Everywhere[], then: string): FactRow | false {
  return found.length > 0 && row(fact, short(found.map(({ name }) => name).join(', ')), then);
}

function row(fact: string, found: string, then: string, flag = ''): FactRow {
  return { fact, found, then, flag };
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
