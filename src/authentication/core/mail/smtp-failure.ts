import { RelayRefusal, UndeliverableMail } from './mail.js';

/** The parts of nodemailer's errors that say what was refused, and when. */
interface SmtpError {
  /** such as EAUTH; EMESSAGE after the content, EENVELOPE before it */
  readonly code?: string;
  /** the command that was answered; CONN for the greeting, API for a fault of the mail itself */
  readonly command?: string;
  readonly responseCode?: number;
  /** of Node, such as CERT_HAS_EXPIRED */
  readonly originalCode?: string;
  /** the whole answer of the server */
  readonly response?: string;
}

/** Codes of the answer to RCPT TO that are about the address, if no enhanced code says something else. */
const ABOUT_ADDRESS = [501, 550, 551, 553, 556];
/** Codes of the answer to the content. 552: the mailbox is full. */
const ABOUT_CONTENT = [550, 551, 553, 554];

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;
/** An enhanced status code; qmail writes it at the end, as `(#5.7.1)`. */
const ENHANCED = /(?:^\d{3}[ -]|#)5\.(\d{1,3})\.(\d{1,3})\b/;
const ABOUT_SENDER = /sender (?:address|verify|rejected|denied|not)/i;
/** Words in an answer that tell more than its code: the server refuses us, or the mailbox is full for now. */
const ABOUT_RELAY =
  /relay|rcpthosts|authenticat|authoriz|quota|\bfull\b|limit|\brate\b|too many|sender|spf\b|dkim|dmarc|client host|\b(?:ehlo|helo)\b|\bip\b|reputation|(?:block|black|deny) ?list|reverse dns|\bptr\b|try again/i;

/**
 * What a failed try means. In doubt a mail is tried again: this costs little, and ends after days. A mail that is set
 * aside by mistake reaches nobody until an operator looks.
 *
 * | The server refuses (5xx)                              | The mail is |
 * | ----------------------------------------------------- | ----------- |
 * | at the greeting, EHLO, STARTTLS, AUTH, MAIL FROM, DATA | tried again: it concerns the relay |
 * | RCPT TO: 5.1.x, 5.2.x, 5.6.x, or 501, 550, 551, 553, 556 without an enhanced code | set aside |
 * | RCPT TO: 5.1.7, 5.1.8 (the sender), 5.3.x, 5.4.x, 5.5.x, 5.7.x, any other code | tried again |
 * | 5.2.2, or 552 without an enhanced code (mailbox full)  | tried again |
 * | after the content: 5.1.x, 5.2.x, 5.6.x, 5.7.x, or 550, 551, 553, 554 without an enhanced code | set aside |
 * | after the content: 5.3.x, 5.4.x, 5.5.x, 5.7.8-5.7.14, 5.7.20-5.7.29, any other code | tried again |
 * | the certificate, or no answer to TLS as it should be  | tried again: it concerns the relay |
 * | a code without an enhanced one, or 5.7.x, whose text is about relaying, signing in, quotas or lists | tried again |
 *
 * Sources: RFC 5321, 4.2.1 (5yz: do not repeat the same request, although a person may correct the reason), 4.5.3.1.10
 * (552 at RCPT TO is temporary), 4.5.4.1 (retries); RFC 3463, 3.3 (X.2.2 is a persistent transient failure), 3.5 (so is
 * X.4.x), 3.8 (X.7.x is about permission); RFC 7372 (5.7.20-25: SPF and DKIM of the sender). Postfix too tries again after
 * a 5xx at the greeting (smtp_skip_5xx_greeting) and at AUTH (smtp_sasl_auth_soft_bounce). It also answers RCPT TO for
 * what it refused before (smtpd_delay_reject), with a code 5.5.x or 5.7.x.
 */
export function smtpFailure(error: unknown): Error {
  const failure = error instanceof Error ? error : new Error('unknown');
  const { code, command, responseCode, originalCode = '' } = failure as SmtpError;
  if (code === 'EENVELOPE' && command === 'API') return new UndeliverableMail(failure.message);
  if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'ETLS' || CERTIFICATE.test(originalCode)) {
    return new RelayRefusal(failure.message);
  }
  if (responseCode === undefined || responseCode < 500 || isFull(failure as SmtpError)) return failure;
  return concernsMail(failure as SmtpError)
    ? new UndeliverableMail(failure.message)
    : new RelayRefusal(failure.message);
}

/** The recipient's mailbox is full for now. */
function isFull({ responseCode, response = '' }: SmtpError): boolean {
  const [, subject, detail] = ENHANCED.exec(response) ?? [];
  return subject === undefined ? responseCode === 552 : subject === '2' && detail === '2';
}

function concernsMail({ code, command, responseCode = 0, response = '' }: SmtpError): boolean {
  const isContent = code === 'EMESSAGE' && command === 'DATA';
  if (!isContent && command !== 'RCPT TO') return false;
  // Without the addresses in it: words of an address say nothing.
  const text = response.replace(/\S+@\S+/g, '');
  const [, subject, detail] = ENHANCED.exec(text) ?? [];
  if (subject !== undefined) return isAboutMail(Number(subject), Number(detail), isContent, text);
  const codes = isContent ? ABOUT_CONTENT : ABOUT_ADDRESS;
  return codes.includes(responseCode) && !ABOUT_RELAY.test(text);
}

/** @param subject the second, @param detail the third number of an enhanced status code (RFC 3463) */
function isAboutMail(subject: number, detail: number, isContent: boolean, text: string): boolean {
  switch (subject) {
    case 1:
      return detail !== 7 && detail !== 8 && !ABOUT_SENDER.test(text);
    case 2:
    case 6:
      return true;
    case 7: {
      const isAboutSender = (detail >= 8 && detail <= 14) || (detail >= 20 && detail <= 29);
      return isContent && !isAboutSender && !ABOUT_RELAY.test(text);
    }
    default:
      return false;
  }
}
