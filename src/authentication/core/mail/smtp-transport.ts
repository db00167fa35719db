import { createTransport, type Transporter } from 'nodemailer';
import { MailTransport, UndeliverableMail, type Mail } from './mail.js';

/** A server that is silent for so long has failed. */
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
        // As an object: a crafted address given as text can reach other people.
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

/** SMTP 5xx (RFC 5321, 4.2.1), but not a refused sign-in of ours: that is for the operator to mend. */
function isPermanent(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  return responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
}
