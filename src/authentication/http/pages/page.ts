import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import { directionOf } from '../../core/texts/locales.js';
import type { HttpResponse } from '../request/http.js';

const STYLE = `
:root{color-scheme:light dark;--text:#1c1c1e;--muted:#55555c;--back:#f5f5f7;--card:#fff;--line:#8a8a92;--accent:#1d4ed8;--on-accent:#fff;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--text:#f2f2f5;--muted:#b4b4bd;--back:#101014;--card:#1b1b21;--line:#7c7c86;--accent:#8fb2ff;--on-accent:#0b1437;--bad:#ff9d94}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;font:1.0625rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--text);background:var(--back);display:grid;place-items:start center;padding:clamp(1rem,6vh,4rem) 1rem}
main{width:100%;max-width:27rem;background:var(--card);border-radius:.75rem;padding:clamp(1.25rem,5vw,2rem)}
main.wide{max-width:56rem}
.app{margin:0 0 1rem;font-weight:600;color:var(--muted)}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}
h2{margin:0;font-size:1.125rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
main>p:last-child{margin:0}
label{display:block;margin:1.25rem 0 .375rem;font-weight:600}
input:not([hidden]){display:block;width:100%;margin:0 0 .5rem;padding:.75rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.375rem}
input[aria-invalid]{border-color:var(--bad);border-width:2px}
button{display:block;width:100%;margin-top:1.5rem;padding:.8rem 1rem;font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:1px solid transparent;border-radius:.375rem;cursor:pointer}
button.second{margin-top:.75rem;color:var(--text);background:transparent;border-color:var(--line)}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.hint{margin:0;font-size:.9375rem;color:var(--muted)}
.fault{margin:0 0 .375rem;color:var(--bad);font-weight:600}
article{border-top:1px solid var(--line);padding:1rem 0}
pre{margin:.75rem 0 0;font:.875rem/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
`;

/** No scripts, no frames, nothing from other sites: only our style sheet, by its digest, and an empty icon. */
const POLICY = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const layout = Handlebars.compile<{
  locale: string;
  direction: string;
  title: string;
  appName: string;
  body: string;
  style: string;
  wide: boolean;
}>(
  `<!doctype html>
<html lang="{{locale}}" dir="{{direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{{title}} – {{appName}}</title>
<style>{{{style}}}</style>
</head>
<body>
<main{{#if wide}} class="wide"{{/if}}>
<p class="app">{{appName}}</p>
<h1>{{title}}</h1>
{{{body}}}</main>
</body>
</html>
`,
);

/** A page. `body` is HTML from a template that escapes its values. */
export interface Page {
  readonly title: string;
  readonly body: string;
  readonly status?: number;
  readonly wide?: boolean;
}

/** The application's name and the language, which every page shows. */
export interface PageFrame {
  readonly appName: string;
  readonly locale: string;
}

/** Answers with a page. Its URL may hold a token: the headers keep it out of `Referer` and out of caches. */
export function sendPage(response: HttpResponse, { appName, locale }: PageFrame, page: Page): string {
  response.status(page.status ?? 200);
  response.header('Content-Type', 'text/html; charset=utf-8');
  response.header('Content-Security-Policy', POLICY);
  response.header('Cache-Control', 'no-store');
  response.header('Vary', withLanguage(response.getHeader('Vary')));
  // Sends only the origin. With `no-referrer`, older browsers would send `Origin: null` with the form.
  response.header('Referrer-Policy', 'strict-origin');
  response.header('X-Content-Type-Options', 'nosniff');
  return layout({
    locale,
    direction: directionOf(locale),
    title: page.title,
    appName,
    body: page.body,
    style: STYLE,
    wide: page.wide === true,
  });
}

/** The answer depends on the language. With CORS it also depends on `Origin`. */
function withLanguage(vary: unknown): string {
  const others = typeof vary === 'string' && vary !== '' ? [vary] : [];
  return [...others, 'Accept-Language'].join(', ');
}

const message = Handlebars.compile<{ paragraphs: readonly string[] }>(
  '{{#each paragraphs}}<p>{{this}}</p>\n{{/each}}',
);

export function messagePage(title: string, paragraphs: readonly string[], status = 200): Page {
  return { title, body: message({ paragraphs }), status };
}
