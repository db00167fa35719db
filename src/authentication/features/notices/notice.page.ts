import Handlebars from 'handlebars';
import { messagePage, type Page } from '../../http/pages/page.js';

// The action is relative to the page's own path: it holds under any prefix.
const form = Handlebars.compile<{ email: string; token: string }>(`
<p>Somebody signed in to the account <strong>{{email}}</strong> from a device that was not seen there before.</p>
<p>If it was you, close this page. If not, the button ends that session, and a mail leads you to a new password.</p>
<form method="post" action="notice/denial">
<input type="hidden" name="token" value="{{token}}">
<button type="submit">It was not me: end that session</button>
</form>
`);

export function noticePage(email: string, token: string): Page {
  return { title: 'Was it you?', body: form({ email, token }) };
}

export function deniedPage(email: string): Page {
  return messagePage('That session has ended', [
    `A mail to ${email} leads you to a new password. Set one: whoever it was may know the old one.`,
    'With the new password every other session ends, too.',
  ]);
}
