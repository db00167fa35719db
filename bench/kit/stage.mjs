// Where contestants run: starts them with databases of their own and people in them, and stops them.
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { OURS } from './dialects.mjs';
import { people, person } from './people.mjs';
import { Running } from './running.mjs';
import { call, message } from './wire.mjs';

const TEMPLATE = 'ours';

export class Stage {
  #postgres;
  #people;
  #folder;
  #cpu;
  #running = [];
  #token;

  /** @param people how many sign up with each contestant */
  constructor({ cleanup, postgres, people, folder, cpu }) {
    this.#postgres = postgres;
    this.#people = people;
    this.#folder = folder;
    this.#cpu = cpu;
    cleanup.add(() => Promise.all(this.#running.map((server) => server.stop())));
  }

  /** Makes a database of ours by our own server, with people that signed up, of whom one signed in. */
  async prepare() {
    const url = await this.#postgres.create(TEMPLATE);
    const contestant = { name: TEMPLATE, file: 'kit/shipped.mjs', args: ['fastify'], dialect: OURS };
    const server = await this.#start(contestant, url);
    await this.#signUp(server);
    const answer = await call(server.port, OURS.signIn(person(0)));
    this.#token = OURS.credentials(answer);
    await this.#mailsAreSent(url);
    await this.clear();
  }

  /** Lets only these run. Those that run already go on. @returns them, in the same order */
  async enter(contestants, progress) {
    const isWanted = ({ contestant }) => contestants.some(({ name }) => name === contestant.name);
    await this.#stop(this.#running.filter((server) => !isWanted(server)));
    const servers = [];
    for (const contestant of contestants) {
      const already = this.#running.find((server) => server.contestant.name === contestant.name);
      if (already !== undefined) already.contestant = contestant;
      else progress(contestant.name);
      servers.push(already ?? (await this.#startWithPeople(contestant)));
    }
    return servers;
  }

  /** An authenticated GET of a contestant. A fresh sign-in, since some credentials are good for minutes only. */
  async currentRequest({ contestant: { dialect, schema }, port }) {
    const credentials = schema
      ? this.#token
      : dialect.credentials(await call(port, dialect.signIn(person(0))));
    return message({ ...dialect.current, headers: { ...person(0).headers, ...credentials } });
  }

  /** Stops all that run, and drops their databases but the template. */
  clear() {
    return this.#stop(this.#running);
  }

  async #stop(servers) {
    this.#running = this.#running.filter((server) => !servers.includes(server));
    await Promise.all(servers.map((server) => server.stop()));
    for (const { contestant } of servers) {
      if (contestant.name !== TEMPLATE) await this.#postgres.drop(contestant.name);
    }
  }

  async #startWithPeople(contestant) {
    const { name, schema, isPeer, dialect } = contestant;
    const url =
      schema || isPeer ? await this.#postgres.create(name, schema ? TEMPLATE : undefined) : undefined;
    const server = await this.#start(contestant, url);
    if (isPeer && dialect.signUp !== undefined) await this.#signUp(server);
    return server;
  }

  #start(contestant, url) {
    const server = new Running({ contestant, url, folder: this.#folder, cpu: this.#cpu });
    // Before it listens, so that it is stopped in any case.
    this.#running.push(server);
    return server.listening();
  }

  async #signUp({ port, contestant: { dialect } }) {
    const queue = people(this.#people);
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          await call(port, dialect.signUp(next));
        }
      }),
    );
  }

  /** Otherwise every copy of the database would send them again, while it is measured. */
  async #mailsAreSent(url) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const waiting = `SELECT 1 FROM authentication_jobs.job WHERE state < 'completed' AND name NOT LIKE '\\_\\_%'`;
    try {
      while ((await client.query(waiting)).rowCount > 0) await setTimeout(100);
    } finally {
      await client.end();
    }
  }
}
