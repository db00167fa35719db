import Handlebars from 'handlebars';
import { directionOf } from '../texts/locales.js';
import type { Mail, MailContent } from './mail.js';
import { unlinkedAddresses } from './unlinked.js';

/** The parts around the content of every mail. */
interface Frame {
  readonly appName: string;
  readonly locale: string;
  /** the words before the link that is shown as text */
  readonly linkLabel: string;
}

// One column, system fonts and inline styles work in mail programs on phones and in old ones.
const html = Handlebars.compile<MailContent & Frame & { direction: string }>(`<!doctype html>
<html lang="{{locale}}" dir="{{direction}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>{{subject}}</title>
</head>
<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;">
<div style="max-width:34em;margin:0 auto;word-break:break-word;">
<p style="margin:0 0 24px;font-weight:600;">{{appName}}</p>
{{#each paragraphs}}<p style="margin:0 0 16px;">{{this}}</p>
{{/each}}{{#with action}}<p style="margin:24px 0;"><a href="{{url}}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#ffffff;text-decoration:none;font-weight:600;">{{label}}</a></p>
<p style="margin:0 0 16px;font-size:14px;">{{@root.linkLabel}}<br><a href="{{url}}" style="color:inherit;word-break:break-all;">{{url}}</a></p>
{{/with}}{{#each notes}}<p style="margin:0 0 12px;font-size:14px;opacity:.8;">{{this}}</p>
{{/each}}</div>
</body>
</html>
`);

/** Writes a mail as text and as HTML, with the same words. The only link is that of the action. */
export function renderMail(to: string, written: MailContent, frame: Frame): Mail {
  const content = {
    ...written,
    subject: unlinkedAddresses(written.subject),
    paragraphs: written.paragraphs.map(unlinkedAddresses),
    notes: written.notes.map(unlinkedAddresses),
  };
  const action = content.action === undefined ? [] : [`${content.action.label}:\n${content.action.url}`];
  const text = [...content.paragraphs, ...action, ...content.notes].map(wrapped).join('\n\n');
  return {
    to,
    subject: content.subject,
    text: `${text}\n\n-- \n${frame.appName}\n`,
    html: html({ ...content, ...frame, direction: directionOf(frame.locale) }),
  };
}

/** Breaks lines after at most 72 columns, but never inside a link. */
function wrapped(paragraph: string): string {
  return paragraph
    .split('\n')
    .map((line) => line.replace(/(?![^\n]{1,72}$)([^\n]{1,72})\s/g, '$1\n'))
    .join('\n');
}
