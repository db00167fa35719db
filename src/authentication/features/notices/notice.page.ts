import Handlebars from 'handlebars';
import type { Text } from '../../core/texts/sentence.js';
import { messagePage, type Page } from '../../http/pages/page.js';
import type { noticesEn } from './notices.en.js';

interface Form {
  what: string;
  email: string;
  choice: string;
  token: string;
  button: string;
}

// The action is relative to the page's own path: it is right under any prefix.
const form = Handlebars.compile<Form>(`
<p>{{what}} <strong>{{email}}</strong></p>
<p>{{choice}}</p>
<form method="post" action="notice/denial">
<input type="hidden" name="token" value="{{token}}">
<button type="submit">{{button}}</button>
</form>
`);

export function noticePage(email: string, token: string, text: Text<typeof noticesEn>): Page {
  const body = form({
    what: text('sign_in_notice.page.text'),
    email,
    choice: text('sign_in_notice.page.choice'),
    token,
    button: text('sign_in_notice.page.button'),
  });
  return { title: text('sign_in_notice.page.title'), body };
}

export function deniedPage(email: string, text: Text<typeof noticesEn>): Page {
  return messagePage(text('sign_in_notice.done.title'), [
    text('sign_in_notice.done.text', { email }),
    text('sign_in_notice.done.sessions'),
  ]);
}
