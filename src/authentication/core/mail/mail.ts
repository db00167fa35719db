/** A mail as it is sent. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The content of a mail, which `renderMail` turns into text and HTML. */
export interface MailContent {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string };
  /** small print: how long the link works, and what to do if it was not you */
  readonly notes: readonly string[];
}

/** A mail that another try would not deliver either (SMTP 5xx). */
export class UndeliverableMail extends Error {
  override readonly name = 'UndeliverableMail';
}

/** Sends mails. After an `UndeliverableMail` a mail is not tried again, after any other error it is. */
export abstract class MailTransport {
  abstract send(mail: Mail): Promise<void>;
}
