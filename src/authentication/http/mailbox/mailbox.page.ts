import Handlebars from 'handlebars';
import type { KeptMail } from '../../core/mail/development-mailbox.js';
import { timeIn } from '../../core/texts/times.js';
import { httpEn } from '../http.en.js';
import type { PageAnswer } from '../pages/page-answer.js';
import type { Page } from '../pages/page.js';

interface ShownMail {
  readonly subject: string;
  /** the recipient and the time */
  readonly envelope: string;
  readonly parts: readonly TextPart[];
}

const mailbox = Handlebars.compile<{ mails: readonly ShownMail[]; empty: string }>(`
{{#each mails}}<article>
<h2>{{subject}}</h2>
<p class="hint">{{envelope}}</p>
<pre>{{#each parts}}{{#if url}}<a href="{{url}}">{{url}}</a>{{else}}{{text}}{{/if}}{{/each}}</pre>
</article>
{{else}}<p>{{empty}}</p>
{{/each}}`);

interface TextPart {
  text?: string;
  url?: string;
}

export function mailboxPage(mails: readonly KeptMail[], answer: PageAnswer): Page {
  const text = answer.text(httpEn);
  const shown = mails.map(({ subject, to, sent_at: sentAt, text: body }) => ({
    subject,
    envelope: text('mailbox.envelope', { to, time: timeIn(answer.locale, sentAt) }),
    parts: partsOf(body),
  }));
  const body = mailbox({ mails: shown, empty: text('mailbox.empty') });
  return { title: text('mailbox.title'), body, wide: true };
}

function partsOf(text: string): TextPart[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? { url: part } : { text: part }));
}
