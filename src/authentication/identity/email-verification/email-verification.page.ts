import Handlebars from 'handlebars';
import { unlinked } from '../../core/mail/unlinked.js';
import { mailEn } from '../../core/mail/mail.en.js';
import { timeIn } from '../../core/texts/times.js';
import type { PageAnswer } from '../../http/pages/page-answer.js';
import { messagePage, type Page } from '../../http/pages/page.js';
import { identityEn } from '../identity.en.js';
import type { Denial } from './email-denial.service.js';
import type { VerificationClaim, VerificationLink } from './verification-links.js';

interface Form {
  question: string;
  email: string | null;
  token: string | null;
  claim: string;
  confirm: string;
  deny: string;
}

// The actions are relative to the path of the page, so they work under any route prefix.
const form = Handlebars.compile<Form>(`
<p>{{question}}</p>
<p><strong>{{email}}</strong></p>
<p>{{claim}}</p>
<form method="post" action="email_verification/confirmation">
<input type="hidden" name="email" value="{{email}}">
<input type="hidden" name="token" value="{{token}}">
<button type="submit">{{confirm}}</button>
<button type="submit" formaction="email_verification/denial" class="second">{{deny}}</button>
</form>
`);

export function confirmEmailPage(link: VerificationLink, claim: VerificationClaim, answer: PageAnswer): Page {
  const text = answer.text(identityEn);
  const isOwn = claim.sentTo === claim.user.email;
  const body = form({
    ...link,
    question: text('email_verification.page.text'),
    claim: isOwn ? accountOf(claim, answer) : text('email_verification.page.change'),
    confirm: text('email_verification.page.button'),
    deny: text(isOwn ? 'email_verification.page.deny_account' : 'email_verification.page.deny_change'),
  });
  return { title: text('email_verification.page.title'), body };
}

/** When, from which address and with which program or provider the account was made. */
function accountOf({ user: { createdAt, signUp } }: VerificationClaim, answer: PageAnswer): string {
  const text = answer.text(identityEn);
  const made = {
    time: timeIn(answer.locale, createdAt.toISOString()),
    address: signUp.ipAddress ?? answer.text(mailEn)('mail.unknown_address'),
  };
  if (signUp.provider !== null) {
    return text('email_verification.page.account_with_provider', { ...made, provider: signUp.provider });
  }
  const agent = unlinked(signUp.userAgent ?? '');
  if (agent === '') return text('email_verification.page.account', made);
  return text('email_verification.page.account_with_agent', { ...made, agent });
}

export function emailConfirmedPage(answer: PageAnswer): Page {
  const text = answer.text(identityEn);
  return messagePage(text('email_verification.done.title'), [text('email_verification.done.text')]);
}

export function emailDeniedPage({ deleted, sentTo: email }: Denial, answer: PageAnswer): Page {
  const text = answer.text(identityEn);
  return deleted
    ? messagePage(text('email_denial.account.title'), [text('email_denial.account.text', { email })])
    : messagePage(text('email_denial.change.title'), [text('email_denial.change.text', { email })]);
}
