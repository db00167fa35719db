import { noticesEn } from '../../../../src/authentication/features/notices/notices.en.js';
import { type TestApplication, PASSWORD } from '../../../support/application.js';
import { patternOf } from '../../../support/texts.js';

export const CHROME =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
export const HOME = '192.0.2.7';
export const ELSEWHERE = '198.51.100.20';
export const NOTICE = patternOf(noticesEn['sign_in_notice.mail.subject']);

/** With these variables an application trusts the `X-Forwarded-For` of a visitor. */
export const VARIABLES = { TRUSTED_PROXIES: '127.0.0.1' };

/** A client with a given user agent and address. */
export class Visitor {
  constructor(
    private readonly app: TestApplication,
    private readonly agent: string | null,
    private readonly address: string,
  ) {}

  /** A user who gets notices: only a verified address does. */
  async signUp({ verified = true } = {}): Promise<{ email: string; userId: number }> {
    const email = this.app.newEmail();
    const { body } = await this.post('/sign_up', {
      email,
      password: PASSWORD,
      password_confirmation: PASSWORD,
    }).expect(201);
    if (verified) await this.app.markVerified(email);
    return { email, userId: (body as { id: number }).id };
  }

  async signIn(email: string, password = PASSWORD): Promise<{ token: string; sessionId: number }> {
    const { body, headers } = await this.post('/sign_in', { email, password }).expect(201);
    return { token: String(headers['x-session-token']), sessionId: (body as { id: number }).id };
  }

  post(path: string, body: object) {
    const request = this.app.anonymous.post(path).set('X-Forwarded-For', this.address);
    return (this.agent === null ? request : request.set('User-Agent', this.agent)).send(body);
  }
}
