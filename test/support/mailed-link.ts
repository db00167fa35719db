import type { Response, Test } from 'supertest';
import { PASSWORD, type SignedIn, type TestApplication } from './application.js';
import { letTimePass } from './clock.js';

const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** A kind of mailed link, without the words of its mail. */
export interface MailedLink {
  /** where it leads */
  readonly path: string;
  /** whether the address of its user must be verified */
  readonly verified: boolean;
  /** asks for the mail */
  readonly ask: (client: TestApplication['anonymous'], email: string) => Test;
  /** uses the token */
  readonly use: (client: TestApplication['anonymous'], email: string, token: string) => Test;
  /** whether a change of the password leaves it alone */
  readonly outlivesPassword: boolean;
}

/** What goes against the rules for every mailed link. Each rule is tried with a new user. */
export class LinkTrial {
  private readonly faults: string[] = [];

  constructor(
    private readonly app: TestApplication,
    private readonly link: MailedLink,
  ) {}

  async faultsFound(): Promise<readonly string[]> {
    await this.isUsedOnce();
    await this.isNotUsedByOpening();
    await this.expires();
    await this.endsWithTheAccount();
    await this.mindsThePassword();
    return this.faults;
  }

  private async isUsedOnce(): Promise<void> {
    const mailed = await this.mailed();
    this.must('works', await this.use(mailed), true);
    this.must('works a second time', await this.use(mailed), false);
    this.must('opens after its use', await this.open(mailed), false);
  }

  private async isNotUsedByOpening(): Promise<void> {
    const mailed = await this.mailed();
    for (const accept of [BROWSER, '*/*']) {
      this.must(`opens for ${accept}`, await this.open(mailed, accept), true);
      await this.app.anonymous.head(this.link.path).query(mailed.query).set('Accept', accept);
    }
    const { headers } = await this.open(mailed);
    if ('x-session-token' in headers) this.faults.push('opening it starts a session');
    this.must('works after it was opened', await this.use(mailed), true);
  }

  private async expires(): Promise<void> {
    const mailed = await this.mailed();
    await letTimePass(this.app, '30 days');
    this.must('works after 30 days', await this.use(mailed), false);
    this.must('opens after 30 days', await this.open(mailed), false);
  }

  private async endsWithTheAccount(): Promise<void> {
    const mailed = await this.mailed();
    await this.app.as(mailed.person.token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    this.must('works without its account', await this.use(mailed), false);
  }

  private async mindsThePassword(): Promise<void> {
    const mailed = await this.mailed();
    await this.app
      .as(mailed.person.token)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    this.must('works after a change of the password', await this.use(mailed), this.link.outlivesPassword);
  }

  private must(what: string, { status }: Response, wanted: boolean): void {
    if (status < 400 !== wanted) this.faults.push(`${what}: ${status}`);
  }

  private async mailed(): Promise<Mailed> {
    const { verified, path, ask } = this.link;
    const person = await this.app.person({ verified });
    await ask(this.app.anonymous, person.email).expect(204);
    const token = await this.app.mailbox.tokenAt(person.email, path);
    return { person, query: { email: person.email, token } };
  }

  private async use({ query: { email, token } }: Mailed): Promise<Response> {
    return this.link.use(this.app.anonymous, email, token);
  }

  private async open({ query }: Mailed, accept = BROWSER): Promise<Response> {
    return this.app.anonymous.get(this.link.path).query(query).set('Accept', accept);
  }
}

interface Mailed {
  readonly person: SignedIn;
  readonly query: { readonly email: string; readonly token: string };
}
