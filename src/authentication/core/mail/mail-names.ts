/** Names of the mails that more than one folder puts into the queue. */
export const ALREADY_REGISTERED_MAIL = 'already_registered';
export const EMAIL_VERIFICATION_MAIL = 'email_verification';
export const PASSWORD_CHANGED_MAIL = 'password_changed';
export const PASSWORD_RESET_MAIL = 'password_reset';
