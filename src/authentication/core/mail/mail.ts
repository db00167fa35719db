/** A mail as it is sent. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What a message says; `renderMail` makes text and HTML of it. */
export interface MailContent {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly action?: { readonly label: string; readonly url: string };
  /** what to do if it was not you, and how long the link lives */
  readonly notes: readonly string[];
}

/** A delivery that will not do better when it is tried again (SMTP 5xx). */
export class UndeliverableMail extends Error {
  override readonly name = 'UndeliverableMail';
}

/** Takes a mail, or throws: `UndeliverableMail` for good, anything else to be tried again. */
export abstract class MailTransport {
  abstract send(mail: Mail): Promise<void>;
}
