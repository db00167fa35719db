/** The mail about a changed password. */
export const passwordsEn = {
  'password_changed.mail.subject': 'Your password at {app} was changed',
  'password_changed.mail.text':
    'The password of your account {email} at {app} was changed, and your other sessions ended.',
  'password_changed.mail.not_you':
    'If it was not you: ask for a password reset immediately. It ends every session and sets a new password.',
} as const;
