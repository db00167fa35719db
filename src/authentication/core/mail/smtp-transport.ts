import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import { MailTransport, type Mail } from './mail.js';
import { relaySocket } from './relay-socket.js';
import { senderOf, type Sender } from '../settings/mail-sender.js';
import { smtpFailure } from './smtp-failure.js';

const CONNECT_MS = 10_000;
/**
 * Milliseconds. A server that is silent for longer has failed. Some wait with the greeting on purpose, and some look at
 * the content for long before they answer: after a shorter time, such a mail would arrive twice (RFC 5321, 4.5.3.2.6).
 */
const TIMEOUTS = { connectionTimeout: CONNECT_MS + 30_000, greetingTimeout: 20_000, socketTimeout: 60_000 };
/** How long a stop waits for the answer to a mail that was sent as a whole: it may have been taken. */
const ANSWER_MS = 3000;

export class SmtpTransport extends MailTransport {
  private readonly sender: Sender;

  /**
   * @param from the sender, as `senderOf` reads it
   * @param name the name for EHLO; null: nodemailer's, which is the name of the machine or [127.0.0.1]
   */
  constructor(
    private readonly url: string,
    from: string,
    private readonly name: string | null = null,
  ) {
    super();
    const sender = senderOf(from);
    if (sender === null)
      throw new Error(`the sender of the mails is not an address: ${JSON.stringify(from)}`);
    this.sender = sender;
  }

  async send({ to, subject, text, html }: Mail, stop?: AbortSignal): Promise<void> {
    const cut = new CutOff(stop);
    try {
      const conversation = await this.conversation(cut);
      await conversation.sendMail({
        // Objects, not text: nodemailer parses text, and a crafted address could reach other recipients.
        from: this.sender,
        to: { name: '', address: to },
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: cut.signal,
      });
    } catch (error) {
      throw smtpFailure(error);
    } finally {
      cut.end();
    }
  }

  /** One for each mail, since each is sent over a connection of its own. The package is loaded with the first mail. */
  private async conversation(cut: CutOff) {
    const { createTransport } = await import('nodemailer');
    const transporter = createTransport({
      url: this.url,
      ...TIMEOUTS,
      ...(this.name === null ? {} : { name: this.name }),
      disableFileAccess: true,
      disableUrlAccess: true,
      getSocket: ({ host = 'localhost', port, secure, localAddress }, done) => {
        const relay = { host, port: Number(port ?? (secure === true ? 465 : 587)), localAddress };
        relaySocket(relay, CONNECT_MS).then(
          (connection) => done(null, { connection }),
          (error: unknown) => done(error as Error),
        );
      },
    });
    transporter.use('stream', ({ message }, done) => {
      message.processFunc((content) => cut.watch(content));
      done();
    });
    return transporter;
  }
}

/** Ends the conversation about a mail when the server stops: at once while the mail is not sent as a whole, else later. */
class CutOff {
  private readonly controller = new AbortController();
  private isSent = false;
  private timer: NodeJS.Timeout | undefined;
  readonly signal = this.controller.signal;

  constructor(private readonly stop: AbortSignal | undefined) {
    if (stop?.aborted === true) this.onStop();
    else stop?.addEventListener('abort', this.onStop);
  }

  /** The content passes through; after its end, the server may take the mail. */
  watch(content: Readable): PassThrough {
    return content.pipe(new PassThrough()).once('end', () => {
      this.isSent = true;
    });
  }

  end(): void {
    this.stop?.removeEventListener('abort', this.onStop);
    clearTimeout(this.timer);
  }

  private readonly onStop = (): void => {
    if (this.isSent) this.timer = setTimeout(() => this.controller.abort(), ANSWER_MS);
    else this.controller.abort();
  };
}
