import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../authentication/core/database/database.js';
import type { Backlog, MailBacklog } from '../authentication/core/mail/mail-backlog.js';
import type { PasswordHasher } from '../authentication/core/passwords/password-hasher.js';
import type { ThrottleStorage } from '../authentication/http/throttling/throttle-storage.js';
import { Recent } from './recent.js';

/** What is asked when it is scraped. */
export interface Sources {
  readonly hasher: Pick<PasswordHasher, 'load'>;
  readonly database: Pick<Database, 'pool'>;
  readonly throttles: Pick<ThrottleStorage, 'isShared'>;
  readonly mails: Pick<MailBacklog, 'read'>;
}

/** Gauges of the state at the moment of a scrape. A value that is not known is absent, rather than 0. */
export function registerStateGauges(registry: Registry, sources: Sources): void {
  const gauge = (name: string, help: string, read: () => number | null | Promise<number | null>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const value = await read();
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  const { hasher, database, throttles } = sources;
  gauge('authentication_hashes_running', 'Password hashes computed now.', () => hasher.load.running);
  gauge('authentication_hashes_waiting', 'Password hashes in the queue.', () => hasher.load.waiting);

  gauge(
    'authentication_pool_connections',
    'Open connections to the database.',
    () => database.pool.totalCount,
  );
  gauge(
    'authentication_pool_idle_connections',
    'Open connections that nothing uses.',
    () => database.pool.idleCount,
  );
  gauge(
    'authentication_pool_waiting_requests',
    'Requests that wait for a connection.',
    () => database.pool.waitingCount,
  );
  gauge(
    'authentication_pool_max_connections',
    'Largest number of connections.',
    () => database.pool.options.max,
  );

  gauge(
    'authentication_throttle_store_up',
    'Whether throttle counters are in Redis; 0: in the memory of this process. Absent without REDIS_URL.',
    () => (throttles.isShared === null ? null : Number(throttles.isShared)),
  );
  const backlog = new Recent(() => sources.mails.read());
  const mails = (of: (known: Backlog) => number) => async () => {
    const known = await backlog.read();
    return known === null ? null : of(known);
  };
  gauge('authentication_database_up', 'Whether the database answers.', async () =>
    (await backlog.read()) === null ? 0 : 1,
  );
  gauge(
    'authentication_mails_waiting',
    'Mails that were not sent yet, up to 10000.',
    mails(({ waiting }) => waiting),
  );
  gauge(
    'authentication_mail_oldest_age_seconds',
    'How long the oldest mail has waited.',
    mails(({ oldestSeconds }) => oldestSeconds),
  );
  gauge(
    'authentication_mails_set_aside',
    'Mails that could not be delivered and are kept for 7 days, up to 10000.',
    mails(({ setAside }) => setAside),
  );
}
