import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MailDelivery, type Ended } from './mail-delivery.js';
import { MailJobs } from './mail-jobs.js';
import { MailQueue, type QueuedMail } from './mail-queue.js';
import { QueueOutage } from './queue-outage.js';
import { Reservations } from './reservations.js';

/** How many mails are sent at a time. A silent mail server holds one of them, not the others. */
const SLOTS = 8;
/** How often to look for mails of other instances; those of this instance wake the worker at once. */
const POLL_MS = 1000;
/** How long a stop waits for mails that are being sent, and then for the database. */
const STOP_MS = 4000;
const LAST_WRITE_MS = 1000;
/** Milliseconds between two attempts to write how a mail ended. */
const WRITE_AGAIN_MS = { first: 100, longest: 1000 };

/**
 * Sends the queued mails, each at least once: if the process is killed after the server's 250, the mail is sent again.
 * Nothing else sends a mail again: how it ended is written until the database has it.
 */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private nap = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isOver = false;
  /** the jobs that this worker has, and whether their mails were sent */
  private readonly mine = new Map<QueuedMail, boolean>();

  constructor(
    private readonly queue: MailQueue,
    private readonly jobs: MailJobs,
    private readonly reservations: Reservations,
    private readonly delivery: MailDelivery,
    private readonly outage: QueueOutage,
  ) {}

  onApplicationBootstrap(): void {
    this.queue.onQueued(() => {
      this.nap.abort();
    });
    this.reservations.start();
    this.running = this.run();
  }

  /** Cuts off the mails that are not sent as a whole, and gives them back: another instance sends them, or the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    this.nap.abort();
    await within(this.mine.size === 0 ? LAST_WRITE_MS : STOP_MS, this.running);
    this.isOver = true;
    this.reservations.stop();
    await within(LAST_WRITE_MS, this.handOver());
    await this.queue.stop();
  }

  private async run(): Promise<void> {
    const deliveries = new Set<Promise<void>>();
    while (!this.stop.signal.aborted) {
      this.nap = new AbortController();
      const free = SLOTS - deliveries.size;
      const jobs = free === 0 ? [] : await this.take(free);
      for (const job of jobs) {
        const delivery = this.deliver(job).finally(() => {
          // The slot is free: is there another mail?
          if (deliveries.size === SLOTS) this.nap.abort();
          deliveries.delete(delivery);
        });
        deliveries.add(delivery);
      }
      if (jobs.length < free || free === 0)
        await pause(POLL_MS, undefined, { signal: this.nap.signal }).catch(() => undefined);
    }
    await Promise.all(deliveries);
  }

  private async take(count: number): Promise<QueuedMail[]> {
    try {
      const jobs = await this.queue.take(count);
      for (const job of jobs) this.mine.set(job, false);
      this.reservations.add(jobs.map(({ id }) => id));
      return jobs;
    } catch (error) {
      this.outage.failed(error);
      return [];
    }
  }

  private async deliver(job: QueuedMail): Promise<void> {
    const ended = await this.delivery.attempt(job, this.stop.signal);
    this.mine.set(job, ended.isSent);
    await this.write(ended);
    if (this.isOver) return;
    this.mine.delete(job);
    this.reservations.remove(job.id);
  }

  /** Writes until the database has it. Otherwise the mail would be sent again. */
  private async write(ended: Ended): Promise<void> {
    for (let wait = WRITE_AGAIN_MS.first; !this.isOver; wait = Math.min(2 * wait, WRITE_AGAIN_MS.longest)) {
      try {
        await ended.write();
        this.outage.over();
        return;
      } catch (error) {
        this.outage.failed(error);
        await pause(wait);
      }
    }
  }

  /** What could not be ended before the stop. */
  private async handOver(): Promise<void> {
    const left = [...this.mine];
    if (left.length === 0) return;
    const jobsOf = (sent: boolean) => left.filter(([, isSent]) => isSent === sent).map(([job]) => job);
    await Promise.all([this.jobs.done(jobsOf(true)), this.jobs.handBack(jobsOf(false))]).catch(
      (error: unknown) => {
        this.outage.failed(error);
      },
    );
  }
}

/** Waits for the promise, but not longer. */
async function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    promise,
    pause(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}
