/** Names of the mails that more than one folder puts into the queue. */
export const ALREADY_REGISTERED_MAIL = 'already_registered';
export const EMAIL_VERIFICATION_MAIL = 'email_verification';
/** Queued in place of a mail, so that an answer takes as long as with one. It is never written or sent. */
export const NO_MAIL = 'none';
export const PASSWORD_CHANGED_MAIL = 'password_changed';
export const PASSWORD_RESET_MAIL = 'password_reset';
