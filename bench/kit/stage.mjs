// Where contestants run: starts them with databases of their own and people in them, and stops them.
import { OURS } from './dialects.mjs';
import { people } from './people.mjs';
import { Running } from './running.mjs';
import { call, message } from './wire.mjs';

const TEMPLATE = 'ours';

export class Stage {
  #postgres;
  #folder;
  #cpu;
  #running = [];
  #token;

  constructor({ cleanup, postgres, folder, cpu }) {
    this.#postgres = postgres;
    this.#folder = folder;
    this.#cpu = cpu;
    cleanup.add(() => this.clear());
  }

  /** Makes a database of ours by our own server, with people that signed up, of whom one signed in. */
  async prepare(wanted) {
    const url = await this.#postgres.create(TEMPLATE);
    const contestant = { name: TEMPLATE, file: 'kit/shipped.mjs', args: ['fastify'], dialect: OURS };
    const server = await this.#start(contestant, url);
    await this.#signUp(server, wanted);
    const answer = await call(server.port, OURS.signIn(people(1)[0]));
    this.#token = OURS.credentials(answer);
    await this.clear();
  }

  /** @returns the contestants, running, in the same order */
  async enter(contestants, wanted, progress) {
    const running = [];
    for (const contestant of contestants) {
      progress(contestant.name);
      const { name, schema = false, isPeer = false } = contestant;
      const url =
        schema || isPeer ? await this.#postgres.create(name, schema ? TEMPLATE : undefined) : undefined;
      const server = await this.#start(contestant, url);
      if (isPeer && contestant.dialect.signUp !== undefined) await this.#signUp(server, wanted);
      running.push(server);
    }
    return running;
  }

  /** An authenticated GET of a contestant. A fresh sign-in, since some credentials are good for minutes only. */
  async currentRequest({ contestant: { dialect, schema }, port }) {
    const credentials = schema
      ? this.#token
      : dialect.credentials(await call(port, dialect.signIn(people(1)[0])));
    return message({ ...dialect.current, headers: { ...people(1)[0].headers, ...credentials } });
  }

  /** Stops all that run, and drops their databases but the template. */
  async clear() {
    const stopped = this.#running.splice(0);
    await Promise.all(stopped.map((server) => server.stop()));
    for (const { contestant } of stopped) {
      if (contestant.name !== TEMPLATE) await this.#postgres.drop(contestant.name);
    }
  }

  async #start(contestant, url) {
    const server = await Running.start({ contestant, url, folder: this.#folder, cpu: this.#cpu });
    this.#running.push(server);
    return server;
  }

  async #signUp({ port, contestant: { dialect } }, wanted) {
    const queue = people(wanted);
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let person = queue.shift(); person !== undefined; person = queue.shift()) {
          await call(port, dialect.signUp(person));
        }
      }),
    );
  }
}
