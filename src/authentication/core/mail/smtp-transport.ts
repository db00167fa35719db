import { createTransport, type Transporter } from 'nodemailer';
import { MailTransport, UndeliverableMail, type Mail } from './mail.js';

/** Milliseconds. A server that is silent for longer has failed. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

export class SmtpTransport extends MailTransport {
  private readonly transporter: Transporter;

  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.transporter = createTransport({ url, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
  }

  async send({ to, subject, text, html }: Mail): Promise<void> {
    try {
      await this.transporter.sendMail({
        from: this.from,
        // An object, not text: nodemailer parses text, and a crafted address could reach other recipients.
        to: { name: '', address: to },
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      throw isPermanent(error) ? new UndeliverableMail((error as Error).message) : error;
    }
  }
}

/** SMTP 5xx (RFC 5321, 4.2.1), except a refused sign-in to the mail server, which the operator can correct. */
function isPermanent(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  return responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
}
