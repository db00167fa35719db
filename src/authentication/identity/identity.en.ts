/** The mails and pages of the email address and of the password reset. */
export const identityEn = {
  'email_verification.mail.subject': 'Confirm your email address for {app}',
  'email_verification.mail.text': 'Confirm that {email} is your address at {app}.',
  'email_verification.mail.button': 'Confirm this address',
  'email_verification.mail.lifetime': 'The link works once, for 2 days.',
  'email_verification.mail.change_text':
    'Somebody wants {email} to be the new address of an existing account at {app}. Confirm it only if the account is yours.',
  'email_verification.mail.not_you':
    'If it was not you, ignore this mail: the address stays unconfirmed unless the link is used.',

  'email_verification.page.title': 'Confirm your email address',
  'email_verification.page.text': 'Is this your address?',
  'email_verification.page.account': 'Somebody made an account with it on {time}, from {address}.',
  'email_verification.page.account_with_agent':
    'Somebody made an account with it on {time}, from {address}, with "{agent}".',
  'email_verification.page.account_with_provider':
    'Somebody made an account with it on {time}, from {address}, by a sign-in with {provider}.',
  'email_verification.page.change':
    'Somebody wants it to be the new address of an existing account. Confirm it only if the account is yours.',
  'email_verification.page.button': 'Yes, confirm this address',
  'email_verification.page.deny_account': 'It was not me: delete the account',
  'email_verification.page.deny_change': 'It was not me: do not use this address',
  'email_verification.done.title': 'Your address is confirmed',
  'email_verification.done.text': 'Thank you. You can close this page.',

  'email_denial.account.title': 'The account is deleted',
  'email_denial.account.text': 'No account has the address {email} any more.',
  'email_denial.change.title': 'Your address is not used',
  'email_denial.change.text': 'The other account keeps its own address, and cannot use {email}.',

  'email_change_requested.mail.subject': 'Your address at {app} is about to change',
  'email_change_requested.mail.text':
    'Somebody asked to change the address of your account {email} at {app} to {new_email}.',
  'email_change_requested.mail.until':
    'It changes when the link that was sent to the new address is used. Until then this address stays.',
  'email_change_requested.mail.not_you': 'If it was not you, take your account back:',
  'email_change_requested.mail.button': 'It was not me: take the account back',
  'email_change_requested.mail.lifetime':
    'The link opens a page with a button, and works once, for 7 days, even if the address or the password changes in the meantime.',

  'email_reversal.page.title': 'Take your account back',
  'email_reversal.page.text': 'Somebody asked to change the address of the account of',
  'email_reversal.page.effect':
    'If it was not you, the button gives the account back to this address, ends every session, and removes the password and what was added to the account since then. You get a mail with a link to set a new password.',
  'email_reversal.page.button': 'It was not me: take the account back',
  'email_reversal.done.title': 'The account is yours again',
  'email_reversal.done.text':
    '{email} is the address of the account. Every session has ended, and the password no longer works.',
  'email_reversal.done.mail':
    'A mail with a link to set a new password is on its way to this address. Use it within 20 minutes, or ask for a password reset later.',

  'already_registered.mail.subject': 'You already have an account at {app}',
  'already_registered.mail.text':
    'Somebody tried to use your address {email} for an account at {app}. It already has one.',
  'already_registered.mail.you': 'If it was you: sign in, or ask for a password reset.',
  'already_registered.mail.not_you': 'If it was not you, there is nothing to do. Your account is unchanged.',

  'password_reset.mail.subject': 'Choose a new password for {app}',
  'password_reset.mail.text': 'Somebody asked for a new password for your account {email} at {app}.',
  'password_reset.mail.button': 'Choose a new password',
  'password_reset.mail.lifetime': 'The link works once, for 20 minutes. A new password ends every session.',
  'password_reset.mail.not_you': 'If it was not you, ignore this mail: your password stays as it is.',

  'password_reset.page.title': 'Choose a new password',
  'password_reset.page.fault_title': 'That password cannot be used',
  'password_reset.page.account': 'For the account:',
  'password_reset.page.password': 'New password',
  'password_reset.page.hint':
    'At least {min_length} characters. Choose a few words that nobody else would put together.',
  'password_reset.page.confirmation': 'Repeat the new password',
  'password_reset.page.button': 'Set the new password',
  'password_reset.done.title': 'Your new password is set',
  'password_reset.done.text': 'Every session has ended. Sign in with the new password.',
} as const;
