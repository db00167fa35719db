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

/** A mail that another try would not deliver either: its recipient does not exist, or its content is refused. */
export class UndeliverableMail extends Error {
  override readonly name = 'UndeliverableMail';
}

/**
 * The mail server refused for a reason that does not depend on the recipient: a wrong password, a sender that it does
 * not accept. An operator can correct that, so the mail is tried again, and the log says it as an error.
 */
export class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal';
}

/** Sends mails. After an `UndeliverableMail` a mail is not tried again, after any other error it is. */
export abstract class MailTransport {
  /**
   * @param stop is aborted when the server stops. A transport that can tell that the mail was not sent yet fails then at
   * once: the mail is sent at the next start. A transport that ignores it is waited for 4 seconds
   */
  abstract send(mail: Mail, stop?: AbortSignal): Promise<void>;
}
