// What a fault works with: services, a server, people who use it, and the reckoning at the end.
import argon2 from 'argon2';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Answers, isSuccess } from './answers.mjs';
import { Client } from './client.mjs';
import { Journal } from './journal.mjs';
import { MailServer } from './mail-server.mjs';
import { Load, newAddress, Person } from './people.mjs';
import { Postgres } from './postgres.mjs';
import { reconcile } from './reconcile.mjs';
import { freePort, Scope, until } from './scope.mjs';
import { newSecretKey, Server } from './server.mjs';

export const END_RESERVATIONS =
  "UPDATE authentication_jobs.job SET started_on = started_on - interval '1 day' WHERE state = 'active'";

/** Limits of the contract are in milliseconds of a quiet machine. A busy one gets this much more. */
const SLACK = 2;
const SLACK_MS = 1000;

export class Bench {
  answers = new Answers();
  /** `isFault`: 503 is right now. `mayBreak`: a connection without an answer is right now, as the server is killed. */
  rules = { isFault: false, mayBreak: false };
  /** Without a fault not a single 503 is right. Otherwise a few are, since the machine may have too much to do. */
  isStrict = false;
  server = null;
  mails = null;
  lost = [];
  acknowledged = 0;
  duplicated = 0;
  unmet = [];
  notes = [];
  #secretKey = newSecretKey();
  #shared;
  #mailServer;
  /** reservations of mails → when they were first seen */
  #renewals = new Map();

  constructor(name, { isShort, shared, say }) {
    this.isShort = isShort;
    this.scope = new Scope(name);
    this.#shared = shared;
    this.say = say;
    this.newJournal();
    this.client = this.newClient();
  }

  /** For another database: what was acknowledged before is not in it. */
  newJournal() {
    const journal = new Journal(this.scope.path(`journal-${performance.now()}.jsonl`));
    this.scope.defer(() => journal.close());
    this.journal = journal;
  }

  newClient(address = () => this.server.url) {
    const client = new Client(address);
    this.scope.defer(() => client.close());
    return client;
  }

  // ---- services

  /** A Postgres that this fault may stop. */
  async postgres(options) {
    this.database ??= 'app';
    this.pg = await Postgres.start(this.scope, this.#shared.scope, options);
    await this.pg.query(`CREATE DATABASE ${this.database}`);
    return this.pg;
  }

  /** A database of its own on the Postgres that several faults share. */
  async sharedDatabase() {
    this.pg = await this.#shared.postgres();
    this.database = `app_${(this.#shared.databases += 1)}`;
    await this.pg.query(`CREATE DATABASE ${this.database}`);
    this.scope.defer(() => this.pg.query(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`));
    return this.pg;
  }

  query(text, values) {
    return this.pg.query(text, values, this.database);
  }

  async mailServer() {
    // Several servers that start at once have one mail server.
    this.#mailServer ??= MailServer.listen(this.scope);
    return (this.mails = await this.#mailServer);
  }

  /** Starts the server, or starts it again. */
  async start(settings = {}, options) {
    this.settings = await this.settingsWith(settings);
    this.server = await Server.start(this.scope, this.settings, options);
    return this.server;
  }

  async startAgain() {
    this.server = await Server.start(this.scope, this.settings, { folder: this.server.folder });
    return this.server;
  }

  /** Puts the folder `database` of an embedded database with our tables there. */
  async copyOfEmbedded(folder) {
    const made = await this.#shared.embedded(async (scope) => {
      const settings = await this.settingsWith({ DATABASE_URL: 'pglite:database' });
      const first = await Server.start(scope, settings, { name: 'embedded' });
      await first.stop();
      return first.folder;
    });
    cpSync(join(made, 'database'), join(folder, 'database'), { recursive: true });
  }

  /** One that may not come up: it is not waited for. */
  async attempt(settings = {}, options) {
    return new Server(this.scope, await this.settingsWith(settings), options);
  }

  async settingsWith(settings) {
    return {
      DATABASE_URL: this.pg?.url(this.database),
      SMTP_URL: (await this.mailServer()).url,
      SECRET_KEY: this.#secretKey,
      ...settings,
    };
  }

  freePort() {
    return freePort();
  }

  until(...parameters) {
    return until(...parameters);
  }

  pause(milliseconds) {
    return pause(milliseconds);
  }

  // ---- people

  load(options) {
    const load = new Load(this, options);
    this.scope.defer(() => load.stop());
    return load;
  }

  /** A person who has signed up and in. */
  async person(name) {
    const person = new Person(this, newAddress(name));
    const answers = [await person.signUp(), await person.signIn()];
    if (!answers.every(isSuccess))
      throw new Error(`${person.email} cannot sign up and in: ${JSON.stringify(answers)}`);
    return person;
  }

  /** Like `person`, and the mailed link was used. */
  async verifiedPerson(name) {
    const person = await this.person(name);
    await until(() => this.mails.to(person.email).length > 0, `The mail to ${person.email}`);
    const { status } = await this.#useLink(person.email);
    if (status !== 204) throw new Error(`The link mailed to ${person.email} was answered ${status}`);
    return person;
  }

  /** Times of one request after the other. @returns the median in milliseconds */
  async median(count, request) {
    const times = [];
    for (let turn = 0; turn < count; turn += 1) times.push((await request()).ms);
    return times.sort((a, b) => a - b)[Math.floor(count / 2)];
  }

  /** How many of this were acknowledged until now. */
  acknowledgedSoFar() {
    return this.journal.entries().filter((entry) => entry.answered).length;
  }

  // ---- the fault

  /** From here 503 is a right answer. */
  begins({ mayBreak = false } = {}) {
    this.rules = { isFault: true, mayBreak };
  }

  /** The fault is over. The first request after this must succeed; `person` asks it, apart from all others. */
  async healed(person, ask = () => person.signIn()) {
    this.answers.healed();
    const answer = await ask();
    if (!isSuccess(answer))
      this.fails(
        `the first request after healing: ${answer.failure ?? `${answer.status} ${answer.body?.code}`}`,
      );
    return answer;
  }

  /** Waits for the requests of the time of the fault; afterwards 503 is wrong again. */
  async calm(load) {
    await load?.stop();
    this.rules = { isFault: false, mayBreak: false };
  }

  // ---- findings

  fails(text) {
    this.unmet.push(text);
  }

  wants(condition, text) {
    if (!condition) this.fails(text);
  }

  note(text) {
    this.notes.push(text);
  }

  /** A time that the contract limits. It is reported as it was measured, and fails only far above the limit. */
  wantsWithin(ms, limit, what) {
    this.note(`${what} ${seconds(ms)} (limit ${seconds(limit)})`);
    if (ms > limit * SLACK + SLACK_MS) this.fails(`${what} took ${seconds(ms)}, far above ${seconds(limit)}`);
  }

  /** `GET path` with the status that is right now. */
  async wantsStatus(path, status, limit = 2000) {
    const answer = await this.client.call('GET', path);
    this.answers.take(`GET ${path}`, answer, { wants: [status], mayFail: status === 503 });
    this.wants(
      answer.status === status,
      `${path} answers ${answer.failure ?? answer.status}, wanted ${status}`,
    );
    if (answer.ms > limit * SLACK + SLACK_MS) this.fails(`${path} took ${seconds(answer.ms)}`);
    return answer;
  }

  /**
   * In the short form: mails that wait for another try are tried now, as if the time had passed. So are those whose
   * reservation was not renewed for 13 seconds (a worker does so every 10), instead of the 30 that the server waits.
   */
  async hasten() {
    if (!this.isShort || this.pg === undefined) return;
    await this.query("UPDATE authentication_jobs.job SET start_after = now() WHERE state = 'retry'");
    const reserved = await this.query(
      "SELECT id, id || ' ' || started_on AS renewal FROM authentication_jobs.job WHERE state = 'active'",
    );
    const now = performance.now();
    this.#renewals = new Map(reserved.map(({ renewal }) => [renewal, this.#renewals.get(renewal) ?? now]));
    const abandoned = reserved.filter(({ renewal }) => now - this.#renewals.get(renewal) > 13_000);
    await this.query(
      `UPDATE authentication_jobs.job SET state = 'retry', retry_count = retry_count + 1, start_after = now()
       WHERE state = 'active' AND id = ANY ($1::uuid[])`,
      [abandoned.map(({ id }) => id)],
    );
  }

  /** In the short form: the reservation of a killed worker has ended, as if its 30 seconds had passed. */
  async endReservations() {
    if (!this.isShort) return;
    await this.query(END_RESERVATIONS);
  }

  /**
   * Waits for the mails, uses their links, and compares the journal with the database and the mail server.
   * @param allowed how many mails may come twice in all; `forOne` how many mails one sign-up may get
   */
  async settle({
    allowed = 0,
    forOne = 1 + allowed,
    patience = 150_000,
    query = (text) => this.query(text),
    wantsMails = true,
  } = {}) {
    const entries = this.journal.entries();
    const emails = entries
      .filter(({ fact, answered }) => fact === 'user' && answered)
      .map(({ email }) => email);
    if (wantsMails && this.pg !== undefined) {
      await this.#awaitMails(emails, patience, query);
      await this.useLinks(emails);
    }
    const found = { ...(await readDatabase(query)), mails: this.mails?.received ?? [], working: this.#used };
    const result = await reconcile(entries, found, { wantsMails });
    this.acknowledged += result.acknowledged;
    this.lost.push(...result.lost);
    this.duplicated += result.duplicated;
    this.allowedDuplicates = (this.allowedDuplicates ?? 0) + allowed;
    this.wants(
      result.mostForOne <= forOne,
      `one sign-up got ${result.mostForOne} mails, at most ${forOne} are allowed`,
    );
  }

  /** Until each has a mail and the queue is empty: a repeated mail comes after the first, and must be counted. */
  async #awaitMails(emails, patience, query) {
    const end = performance.now() + patience;
    while (performance.now() < end) {
      await this.hasten();
      const arrived = new Set(this.mails.received.map(({ to }) => to));
      const queued = await query(
        "SELECT 1 FROM authentication_jobs.job WHERE name = 'mails' AND state < 'completed'",
      );
      if (queued.length === 0 && emails.every((email) => arrived.has(email))) return;
      await pause(300);
    }
  }

  /** The addresses whose mailed link worked. A link works once. */
  #used = new Set();

  async useLinks(emails) {
    for (const email of emails) if (!this.#used.has(email)) await this.#useLink(email);
  }

  async #useLink(email) {
    let answer = { status: 0 };
    for (const { token } of this.mails.to(email).reverse()) {
      if (token === null) continue;
      answer = await this.client.call('PUT', '/identity/email_verification', { body: { email, token } });
      if (answer.status !== 204) continue;
      this.#used.add(email);
      break;
    }
    return answer;
  }
}

async function readDatabase(query) {
  const users = await query('SELECT email, password_digest FROM authentication.users');
  const sessions = await query("SELECT encode(token_digest, 'hex') AS digest FROM authentication.sessions");
  return {
    users: new Map(
      users.map(({ email, password_digest: digest }) => [
        email,
        async (password) => digest !== null && argon2.verify(digest, password),
      ]),
    ),
    sessions: new Set(sessions.map(({ digest }) => digest)),
  };
}

export function seconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
