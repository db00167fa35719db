import type { SignedIn, TestApplication } from '../../../../support/application.js';
import type { Application, Estate } from '../estate.js';

export interface SecondFactor {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
  /** of somebody whose password was right */
  readonly challenge: string;
  /** the secret of somebody who did not confirm it yet, and whose session that is */
  readonly begun: { readonly secret: string; readonly token: string };
}

/** Mailed to somebody who wants to sign in without a password. */
export interface WayIn {
  readonly token: string;
  readonly code: string;
}

export interface Devices {
  readonly device: number;
  readonly token: string;
  readonly group: number;
  /** of a device that waits for its owner */
  readonly code: string;
  readonly pairingToken: string;
}

/** One of two applications: its people, and all that was given to them. Each address has an account on both sides. */
export class Side {
  readonly password: string;
  person!: SignedIn;
  /** the address of somebody who has an account on this side alone */
  local!: string;
  verification!: string;
  reset!: string;
  // What follows is there if its feature is.
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

  /** A client that bears the key, and a token too. */
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

  /** Somebody whose address is proved. */
  async proved(email: string): Promise<SignedIn> {
    await this.signUp(email);
    const token = await this.mailed(email, 'Confirm');
    await this.within().put('/identity/email_verification').send({ email, token }).expect(204);
    return this.signIn(email);
  }

  /** The challenge of somebody who has a second factor, and a right password. */
  async challenge(email: string): Promise<string> {
    const { body } = await this.within()
      .post('/sign_in')
      .send({ email, password: this.password })
      .expect(401);
    return (body as { challenge: { token: string } }).challenge.token;
  }

  async wayIn(email: string): Promise<WayIn> {
    await this.within().post('/sessions/passwordless').send({ email }).expect(204);
    const mail = (await this.app.mailbox.to(email)).find(({ subject }) =>
      this.subject('Sign in').test(subject),
    );
    const [code] = /^[0-9A-Z]{8}$/m.exec(mail?.text ?? '') ?? [];
    if (code === undefined) throw new Error(`no mail to ${email} holds a code`);
    return { token: await this.mailed(email, 'Sign in'), code };
  }

  /** The token in the newest mail of this side whose subject begins so. */
  mailed(email: string, beginning: string): Promise<string> {
    return this.app.mailbox.tokenTo(email, this.subject(beginning));
  }

  private subject(beginning: string): RegExp {
    return new RegExp(`^${beginning}.* ${this.application.name}$`);
  }
}
