import type { SignedIn, TestApplication } from '../../../../support/application.js';
import type { Application, Estate } from '../estate.js';

export interface SecondFactor {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
  /** of the user whose second factor is on */
  readonly session: string;
  /** of a sign-in with the right password */
  readonly challenge: string;
  /** a secret that its user has not confirmed yet, and the session of that user */
  readonly begun: { readonly secret: string; readonly token: string };
}

/** The contents of a mail for a sign-in without a password. */
export interface WayIn {
  readonly token: string;
  readonly code: string;
}

export interface Devices {
  readonly device: number;
  readonly token: string;
  readonly group: number;
  /** of a device that waits to be paired */
  readonly code: string;
  readonly pairingToken: string;
}

/** One of two applications, its users and their secrets. Each address in `emails` has an account on both sides. */
export class Side {
  readonly password: string;
  person!: SignedIn;
  /** the address of a user who has an account on this side only */
  local!: string;
  verification!: string;
  reset!: string;
  /** of a change of address, with which the old address takes the account back */
  reversal!: string;
  // Each of these is set only when its feature is there.
  secondFactor?: SecondFactor;
  passwordless?: WayIn;
  newestEvent?: number;
  notice?: string;
  devices?: Devices;
  localUsername?: string;

  constructor(
    readonly app: TestApplication,
    readonly estate: Estate,
    readonly application: Application,
    readonly emails: { readonly person: string; readonly proven: string; readonly keeper: string },
  ) {
    this.password = `the password of ${application.name}`;
  }

  /** A client with the key and, if given, a token. */
  within(token?: string) {
    return this.estate.within(this.application, token);
  }

  get api() {
    return this.within(this.person.token);
  }

  get root() {
    return this.estate.api;
  }

  async signUp(email: string): Promise<void> {
    const { password } = this;
    await this.within()
      .post('/sign_up')
      .send({ email, password, password_confirmation: password })
      .expect(201);
  }

  signIn(email: string): Promise<SignedIn> {
    return this.estate.signIn(this.application, email, this.password);
  }

  /** Signs up a user and verifies the address. */
  async proved(email: string): Promise<SignedIn> {
    await this.signUp(email);
    const token = await this.mailed(email, '/identity/email_verification');
    await this.within().put('/identity/email_verification').send({ email, token }).expect(204);
    return this.signIn(email);
  }

  /** Signs in with the password of a user who has a second factor. @returns the token of the challenge */
  async challenge(email: string): Promise<string> {
    const { body } = await this.within()
      .post('/sign_in')
      .send({ email, password: this.password })
      .expect(401);
    return (body as { challenge: { token: string } }).challenge.token;
  }

  async wayIn(email: string): Promise<WayIn> {
    await this.within().post('/sessions/passwordless').send({ email }).expect(204);
    const text = await this.textWith(email, '/sessions/passwordless');
    const [code] = /^[0-9A-Z]{8}$/m.exec(text) ?? [];
    if (code === undefined) throw new Error(`no mail to ${email} contains a code`);
    return { token: tokenIn(text), code };
  }

  /** The token in the newest mail of this side whose link has this path. */
  async mailed(email: string, path: string): Promise<string> {
    return tokenIn(await this.textWith(email, path));
  }

  /** The path tells the mails apart, because a project may lack the feature with the words of a mail. */
  private async textWith(email: string, path: string): Promise<string> {
    const signature = `-- \n${this.application.name}\n`;
    const mail = (await this.app.mailbox.to(email)).find(
      ({ text }) => text.includes(`${path}?`) && text.endsWith(signature),
    );
    if (mail === undefined) throw new Error(`no mail to ${email} has a link to ${path}`);
    return mail.text;
  }
}

function tokenIn(text: string): string {
  return /token=([\w-]+)/.exec(text)?.[1] ?? '';
}
