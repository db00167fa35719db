import Handlebars from 'handlebars';
import type { FieldError } from '../../core/problems/problem.js';
import type { Text } from '../../core/texts/sentence.js';
import type { PageAnswer } from '../../http/pages/page-answer.js';
import { messagePage, type Page } from '../../http/pages/page.js';
import { faultOf } from '../../http/pages/problem.page.js';
import { identityEn } from '../identity.en.js';

interface Form extends ResetForm {
  action: string;
  account: string;
  passwordLabel: string;
  passwordFault?: string | undefined;
  hint: string;
  confirmationLabel: string;
  confirmationFault?: string | undefined;
  button: string;
}

// Password managers read the hidden user name. The first field with an error has the focus.
const form = Handlebars.compile<Form>(`
<p>{{account}} <strong>{{email}}</strong></p>
<form method="post" action="{{action}}">
<input type="hidden" name="token" value="{{token}}">
<input type="email" autocomplete="username" value="{{email}}" readonly hidden>
<label for="password">{{passwordLabel}}</label>
{{#if passwordFault}}<p class="fault" id="password-fault">{{passwordFault}}</p>{{/if}}
<input id="password" name="password" type="password" autocomplete="new-password" required minlength="{{minLength}}" aria-describedby="{{#if passwordFault}}password-fault {{/if}}password-hint"{{#if passwordFault}} aria-invalid="true" autofocus{{/if}}>
<p class="hint" id="password-hint">{{hint}}</p>
<label for="confirmation">{{confirmationLabel}}</label>
{{#if confirmationFault}}<p class="fault" id="confirmation-fault">{{confirmationFault}}</p>{{/if}}
<input id="confirmation" name="password_confirmation" type="password" autocomplete="new-password" required{{#if confirmationFault}} aria-describedby="confirmation-fault" aria-invalid="true"{{#unless passwordFault}} autofocus{{/unless}}{{/if}}>
<button type="submit">{{button}}</button>
</form>
`);

export interface ResetForm {
  readonly email: string;
  readonly token: string;
  readonly minLength: number;
}

/** The form behind the mailed link. With `errors`, the same form with a message at each wrong field. */
export function newPasswordPage(
  fields: ResetForm,
  answer: PageAnswer,
  errors: readonly FieldError[] = [],
): Page {
  const text = answer.text(identityEn);
  const isRefused = errors.length > 0;
  const fault = (field: string): string | undefined => faultOf(field, errors, answer);
  const body = form({
    ...fields,
    ...labelsOf(text, fields.minLength),
    // Relative to the path of the page, so it works under any route prefix. An error page has the path of the POST.
    action: isRefused ? 'completion' : 'password_reset/completion',
    passwordFault: fault('password'),
    confirmationFault: fault('password_confirmation'),
  });
  const title = text(isRefused ? 'password_reset.page.fault_title' : 'password_reset.page.title');
  return { title, body, status: isRefused ? 422 : 200 };
}

function labelsOf(text: Text<typeof identityEn>, minLength: number) {
  return {
    account: text('password_reset.page.account'),
    passwordLabel: text('password_reset.page.password'),
    hint: text('password_reset.page.hint', { min_length: minLength }),
    confirmationLabel: text('password_reset.page.confirmation'),
    button: text('password_reset.page.button'),
  };
}

export function passwordSetPage(text: Text<typeof identityEn>): Page {
  return messagePage(text('password_reset.done.title'), [text('password_reset.done.text')]);
}
