import Handlebars from 'handlebars';
import type { Text } from '../../core/texts/sentence.js';
import { messagePage, type Page } from '../../http/pages/page.js';
import type { identityEn } from '../identity.en.js';

interface Form {
  what: string;
  email: string;
  effect: string;
  token: string;
  button: string;
}

// The action is relative to the path of the page, so it works under any route prefix.
const form = Handlebars.compile<Form>(`
<p>{{what}} <strong>{{email}}</strong></p>
<p>{{effect}}</p>
<form method="post" action="reversal">
<input type="hidden" name="token" value="{{token}}">
<button type="submit">{{button}}</button>
</form>
`);

export function reverseEmailPage(email: string, token: string, text: Text<typeof identityEn>): Page {
  const body = form({
    what: text('email_reversal.page.text'),
    email,
    effect: text('email_reversal.page.effect'),
    token,
    button: text('email_reversal.page.button'),
  });
  return { title: text('email_reversal.page.title'), body };
}

export function emailReversedPage(email: string, text: Text<typeof identityEn>): Page {
  return messagePage(text('email_reversal.done.title'), [
    text('email_reversal.done.text', { email }),
    text('email_reversal.done.mail'),
  ]);
}
