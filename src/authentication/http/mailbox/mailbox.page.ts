import Handlebars from 'handlebars';
import type { KeptMail } from '../../core/mail/development-mailbox.js';
import type { Page } from '../pages/page.js';

const mailbox = Handlebars.compile<{ mails: readonly (KeptMail & { parts: readonly TextPart[] })[] }>(`
{{#each mails}}<article>
<h2>{{subject}}</h2>
<p class="hint">To {{to}}, <time datetime="{{sent_at}}">{{sent_at}}</time></p>
<pre>{{#each parts}}{{#if url}}<a href="{{url}}">{{url}}</a>{{else}}{{text}}{{/if}}{{/each}}</pre>
</article>
{{else}}<p>No mail yet. Sign somebody up, and reload this page.</p>
{{/each}}`);

interface TextPart {
  text?: string;
  url?: string;
}

export function mailboxPage(mails: readonly KeptMail[]): Page {
  const body = mailbox({ mails: mails.map((mail) => ({ ...mail, parts: partsOf(mail.text) })) });
  return { title: 'Development mailbox', body, wide: true };
}

function partsOf(text: string): TextPart[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? { url: part } : { text: part }));
}
