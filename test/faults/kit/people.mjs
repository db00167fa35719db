// What people do with a server, each step acknowledged in the journal.
import { setTimeout as pause } from 'node:timers/promises';
import { isSuccess } from './answers.mjs';

export const PASSWORD = 'correct horse battery staple';

let names = 0;
export const newAddress = (name = 'user') => `${name}.${(names += 1)}.${Date.now().toString(36)}@example.com`;

/** One client that does things, writes down what was acknowledged, and has its answers judged. */
export class Person {
  password = PASSWORD;
  token = null;

  /** @param bench has `client`, `answers`, `journal`, `rules` */
  constructor(bench, email = newAddress()) {
    this.bench = bench;
    this.email = email;
  }

  async signUp() {
    const { email, password, bench } = this;
    bench.journal.tried('user', { email, password });
    const answer = await this.#ask('POST', '/sign_up', [201], {
      body: { email, password, password_confirmation: password },
    });
    if (answer.status === 201) bench.journal.acknowledged('user', { email, password });
    return answer;
  }

  async signIn() {
    const { email, password, bench } = this;
    bench.journal.tried('session', { email });
    const answer = await this.#ask('POST', '/sign_in', [201], { body: { email, password } });
    if (answer.status === 201) {
      this.token = answer.token;
      bench.journal.acknowledged('session', { email, token: answer.token });
    }
    return answer;
  }

  async changePassword(password = `${PASSWORD} ${Math.random().toString(36).slice(2)}`) {
    const { email, bench } = this;
    bench.journal.tried('password', { email, password });
    const answer = await this.#ask('PUT', '/password', [200], {
      token: this.token,
      body: { current_password: this.password, password, password_confirmation: password },
    });
    if (answer.status === 200) {
      this.password = password;
      bench.journal.acknowledged('password', { email, password });
    }
    return answer;
  }

  async signOut() {
    const { email, token, bench } = this;
    bench.journal.tried('sign_out', { email, token });
    const answer = await this.#ask('DELETE', '/sessions/current', [204], { token });
    if (answer.status === 204) bench.journal.acknowledged('sign_out', { email, token });
    return answer;
  }

  async me() {
    return this.#ask('GET', '/me', [200], { token: this.token });
  }

  async #ask(method, path, wants, options) {
    const before = this.bench.rules;
    const answer = await this.bench.client.call(method, path, options);
    // A fault that began or ended meanwhile excuses the answer.
    const after = this.bench.rules;
    return this.bench.answers.take(`${method} ${path}`, answer, {
      wants,
      isFault: before.isFault || after.isFault,
      mayFail: before.isFault || after.isFault || !this.bench.isStrict,
      mayBreak: before.mayBreak || after.mayBreak,
    });
  }
}

/** Signs up only: the storm. */
export async function signUp(bench) {
  return [await new Person(bench).signUp()];
}

/**
 * Signs up, in, changes the password, signs in again and out, and reads in between. Ends at the first failure, and when
 * `goesOn` says so: then no further request is sent.
 */
export async function story(bench, goesOn = () => true) {
  const person = new Person(bench);
  const second = new Person(bench, person.email);
  const steps = [
    () => person.signUp(),
    () => person.signIn(),
    () => person.me(),
    () => person.changePassword(),
    () => person.me(),
    () => {
      second.password = person.password;
      return second.signIn();
    },
    () => second.signOut(),
  ];
  const answers = [];
  for (const step of steps) {
    if (!goesOn() || !answers.every(isSuccess)) break;
    answers.push(await step());
  }
  return answers;
}

/** Several people at once, until `stop`. */
export class Load {
  #stopped = false;
  #running;

  constructor(bench, { people = 6, does = story } = {}) {
    this.#running = Promise.all(Array.from({ length: people }, () => this.#run(bench, does)));
  }

  /** No new requests; resolves when those under way are answered. */
  async stop() {
    this.#stopped = true;
    await this.#running;
  }

  async #run(bench, does) {
    while (!this.#stopped) {
      const answers = await does(bench, () => !this.#stopped);
      if (!answers.every(isSuccess)) await pause(50);
    }
  }
}
