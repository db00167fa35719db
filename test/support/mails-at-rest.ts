import { MailQueue } from '../../src/authentication/core/mail/mail-queue.js';
import type { TestApplication } from './application.js';

/** Mails that are queued meanwhile stay in the queue, and are sent right after it. */
export async function withMailsAtRest<T>(app: TestApplication, work: () => Promise<T>): Promise<T> {
  await app.mailbox.settled();
  const queue = app.get(MailQueue);
  const take = queue.take.bind(queue);
  queue.take = () => Promise.resolve([]);
  try {
    return await work();
  } finally {
    queue.take = take;
    // Sends them now, not at the next look.
    (queue as unknown as { wake: () => void }).wake();
  }
}
