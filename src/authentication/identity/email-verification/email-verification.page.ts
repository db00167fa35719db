import Handlebars from 'handlebars';
import { messagePage, type Page } from '../../http/pages/page.js';

// The action is relative to the page's own path: it holds under any prefix.
const form = Handlebars.compile<{ email: string; token: string }>(`
<p>Is <strong>{{email}}</strong> your address?</p>
<form method="post" action="email_verification/confirmation">
<input type="hidden" name="email" value="{{email}}">
<input type="hidden" name="token" value="{{token}}">
<button type="submit">Yes, confirm this address</button>
</form>
`);

export function confirmEmailPage(email: string, token: string): Page {
  return { title: 'Confirm your email address', body: form({ email, token }) };
}

export function emailConfirmedPage(): Page {
  return messagePage('Your address is confirmed', ['Thank you. You can close this page.']);
}
