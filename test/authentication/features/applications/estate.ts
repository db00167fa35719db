import { PASSWORD, type SignedIn, type TestApplication } from '../../../support/application.js';

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

/** A user of the root realm with a verified address, who owns applications, with their keys and users. */
export class Estate {
  private applications = 0;

  private constructor(
    private readonly app: TestApplication,
    readonly owner: SignedIn,
  ) {}

  static async of(app: TestApplication): Promise<Estate> {
    const owner = await app.person();
    await app.markVerified(owner.email);
    return new Estate(app, owner);
  }

  /** A client with the owner's session. */
  get api() {
    return this.app.as(this.owner.token);
  }

  async application(fields: { name?: string; expires_at?: string } = {}): Promise<Application> {
    this.applications += 1;
    const name = fields.name ?? `Shop ${this.applications}`;
    const { body } = await this.api
      .post('/applications')
      .send({ ...fields, name })
      .expect(201);
    const { id, api_key: key } = body as { id: string; api_key: string };
    return { id, name, key };
  }

  /** A client with a key and, if given, a session's token. */
  within({ key }: { key: string }, token?: string) {
    return this.app.as(token).set('X-Api-Key', key);
  }

  async signUp(application: { key: string }, email = this.app.newEmail()): Promise<string> {
    await this.within(application)
      .post('/sign_up')
      .send({ email, ...FORM })
      .expect(201);
    return email;
  }

  async signIn(application: { key: string }, email: string, password = PASSWORD): Promise<SignedIn> {
    const { body, headers } = await this.within(application)
      .post('/sign_in')
      .send({ email, password })
      .expect(201);
    const { id: sessionId, user_id: userId } = body as { id: number; user_id: number };
    return { email, token: String(headers['x-session-token']), userId, sessionId };
  }

  /** Signs a user up and in within an application. */
  async person(application: { key: string }, email?: string): Promise<SignedIn> {
    return this.signIn(application, await this.signUp(application, email));
  }
}
