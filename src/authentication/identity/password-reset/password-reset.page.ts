import Handlebars from 'handlebars';
import type { FieldError } from '../../core/problems/problem.js';
import { messagePage, type Page } from '../../http/pages/page.js';

interface Form {
  action: string;
  email: string;
  token: string;
  minLength: number;
  passwordFault?: string | undefined;
  confirmationFault?: string | undefined;
}

// The hidden user name is there for password managers. The field with a fault has the focus, and is described by it.
const form = Handlebars.compile<Form>(`
<p>For the account <strong>{{email}}</strong>.</p>
<form method="post" action="{{action}}">
<input type="hidden" name="token" value="{{token}}">
<input type="email" autocomplete="username" value="{{email}}" readonly hidden>
<label for="password">New password</label>
{{#if passwordFault}}<p class="fault" id="password-fault">{{passwordFault}}</p>{{/if}}
<input id="password" name="password" type="password" autocomplete="new-password" required minlength="{{minLength}}" aria-describedby="{{#if passwordFault}}password-fault {{/if}}password-hint"{{#if passwordFault}} aria-invalid="true" autofocus{{/if}}>
<p class="hint" id="password-hint">At least {{minLength}} characters. A few words that only you put together are good.</p>
<label for="confirmation">The new password again</label>
{{#if confirmationFault}}<p class="fault" id="confirmation-fault">{{confirmationFault}}</p>{{/if}}
<input id="confirmation" name="password_confirmation" type="password" autocomplete="new-password" required{{#if confirmationFault}} aria-describedby="confirmation-fault" aria-invalid="true"{{#unless passwordFault}} autofocus{{/unless}}{{/if}}>
<button type="submit">Set the new password</button>
</form>
`);

export function newPasswordPage(
  email: string,
  token: string,
  minLength: number,
  errors: readonly FieldError[] = [],
): Page {
  const faultOf = (field: string): string | undefined => {
    const fault = errors.find((error) => error.field === field);
    return fault === undefined ? undefined : `This ${fault.detail}.`;
  };
  const faults = { passwordFault: faultOf('password'), confirmationFault: faultOf('password_confirmation') };
  // Relative to the page's own path, which holds under any prefix: after a fault that is the path of the post.
  const action = errors.length > 0 ? 'completion' : 'password_reset/completion';
  return {
    title: errors.length > 0 ? 'That password cannot be used' : 'Choose a new password',
    body: form({ action, email, token, minLength, ...faults }),
    status: errors.length > 0 ? 422 : 200,
  };
}

export function passwordSetPage(): Page {
  return messagePage('Your new password is set', ['Every session has ended. Sign in with the new password.']);
}
