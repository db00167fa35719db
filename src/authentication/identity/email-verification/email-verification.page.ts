import Handlebars from 'handlebars';
import type { Text } from '../../core/texts/sentence.js';
import { messagePage, type Page } from '../../http/pages/page.js';
import type { identityEn } from '../identity.en.js';

interface Form {
  question: string;
  email: string;
  token: string;
  button: string;
}

// The action is relative to the path of the page, so it works under any route prefix.
const form = Handlebars.compile<Form>(`
<p>{{question}}</p>
<p><strong>{{email}}</strong></p>
<form method="post" action="email_verification/confirmation">
<input type="hidden" name="email" value="{{email}}">
<input type="hidden" name="token" value="{{token}}">
<button type="submit">{{button}}</button>
</form>
`);

export function confirmEmailPage(email: string, token: string, text: Text<typeof identityEn>): Page {
  const question = text('email_verification.page.text');
  const button = text('email_verification.page.button');
  return { title: text('email_verification.page.title'), body: form({ question, email, token, button }) };
}

export function emailConfirmedPage(text: Text<typeof identityEn>): Page {
  return messagePage(text('email_verification.done.title'), [text('email_verification.done.text')]);
}
