/** The mails about a changed second factor, and about wrong codes. */
export const twoFactorEn = {
  'two_factor_enabled.mail.subject': 'Two-factor authentication is on at {app}',
  'two_factor_enabled.mail.text':
    'Your account {email} now asks for a code from your authenticator app at sign-in. Your other sessions ended. Keep the recovery codes in a place that you can reach without your phone.',
  'two_factor_disabled.mail.subject': 'Two-factor authentication is off at {app}',
  'two_factor_disabled.mail.text':
    'Your account {email} no longer asks for a second factor at sign-in: the password alone is enough.',
  'recovery_codes_renewed.mail.subject': 'You have new recovery codes for {app}',
  'recovery_codes_renewed.mail.text':
    'New recovery codes were made for your account {email}. The old ones no longer work.',
  'recovery_code_used.mail.subject': 'A recovery code was used at {app}',
  'recovery_code_used.mail.text': {
    one: 'Somebody signed in to your account {email} with a recovery code. {count} code is left.',
    other: 'Somebody signed in to your account {email} with a recovery code. {count} codes are left.',
  },
  'wrong_codes.mail.subject': 'Wrong codes for your account at {app}',
  'wrong_codes.mail.minutes':
    'Somebody who gave the right password of your account {email} then gave {number} wrong codes of the second factor. For 15 minutes from the first of them no code is accepted.',
  'wrong_codes.mail.day':
    'Somebody who gave the right password of your account {email} then gave {number} wrong codes of the second factor within a day. Until that day is over, no code of the authenticator app is accepted. Recovery codes still are.',
  'wrong_codes.mail.you': 'Your sessions are not affected.',
  'two_factor.mail.not_you':
    'If it was not you: ask for a password reset immediately. It ends every session and sets a new password.',
} as const;
