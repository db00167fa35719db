import { Counter, Histogram, type Registry } from 'prom-client';
import type {
  AuthenticationMetrics,
  MailResult,
} from '../authentication/core/metrics/authentication-metrics.js';
import { BoundedLabel } from './bounded-label.js';

/** For what `outcome` says of a sign-in; `refused` comes with the code of the problem. */
const SIGN_INS: Readonly<Record<string, string>> = {
  signed_in: 'started',
  sign_in_challenged: 'challenged',
  sign_in_failed: 'refused',
};
const SIGN_UPS: Readonly<Record<string, string>> = { signed_up: 'created', sign_up_refused: 'refused' };
const RESETS: Readonly<Record<string, string>> = {
  password_reset_requested: 'requested',
  password_reset: 'completed',
};
const MAIL_RESULTS: readonly MailResult[] = ['sent', 'skipped', 'failed', 'set_aside'];
const NO_CODE = 'none';
/** Codes, events and budgets: a few times as many as there are. */
const MOST = 150;

/** Counts and measures for Prometheus what the authentication does. */
export class AuthenticationCounters implements AuthenticationMetrics {
  private readonly codes = new BoundedLabel(MOST);
  private readonly events = new BoundedLabel(MOST);
  private readonly budgets = new BoundedLabel(MOST);
  private readonly signIns;
  private readonly signUps;
  private readonly resets;
  private readonly throttled;
  private readonly others;
  private readonly hashDurations;
  private readonly hashWaits;
  private readonly hashesRefused;
  private readonly guards;
  private readonly mails;

  constructor(registry: Registry) {
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new Counter<Label>({ name, help, labelNames, registers: [registry] });
    const histogram = <Label extends string>(
      name: string,
      help: string,
      buckets: number[],
      labelNames: Label[] = [],
    ) => new Histogram<Label>({ name, help, buckets, labelNames, registers: [registry] });

    this.signIns = counter('authentication_sign_ins_total', 'Sign-ins by outcome.', ['outcome', 'code']);
    this.signUps = counter('authentication_sign_ups_total', 'Sign-ups by outcome.', ['outcome']);
    this.resets = counter('authentication_password_resets_total', 'Password resets by step.', ['step']);
    this.throttled = counter('authentication_throttled_total', 'Requests answered 429, by budget.', [
      'budget',
    ]);
    this.others = counter('authentication_events_total', 'Other outcomes that the log names.', ['event']);
    this.hashDurations = histogram(
      'authentication_hash_duration_seconds',
      'Time that a password hash took, without its time in the queue.',
      [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    );
    this.hashWaits = histogram(
      'authentication_hash_wait_seconds',
      'Time that a password hash waited in the queue.',
      [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5],
    );
    this.hashesRefused = counter(
      'authentication_hashes_refused_total',
      'Hashes refused: the queue was full.',
      [],
    );
    this.guards = histogram(
      'authentication_guard_duration_seconds',
      'Time in which the guard decided about a token.',
      [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5],
      ['result'],
    );
    this.mails = counter('authentication_mails_total', 'Tries to send a mail, by result.', ['result']);
    this.beginAtZero();
  }

  /** Methods are arrow functions where they are called on the authenticated path: no lookup along the prototype. */
  readonly guarded = (took: number, accepted: boolean): void => {
    this.guards.observe(accepted ? ACCEPTED : REFUSED, took);
  };

  outcome(event: string, reason: string | null): void {
    const [signIn, signUp, step] = [SIGN_INS[event], SIGN_UPS[event], RESETS[event]];
    if (signIn !== undefined) this.signIns.inc({ outcome: signIn, code: this.codes.of(reason ?? NO_CODE) });
    else if (signUp !== undefined) this.signUps.inc({ outcome: signUp });
    else if (step !== undefined) this.resets.inc({ step });
    else if (event === 'throttled') this.throttled.inc({ budget: this.budgets.of(reason ?? NO_CODE) });
    else this.others.inc({ event: this.events.of(event) });
  }

  hashed(waited: number, took: number): void {
    this.hashWaits.observe(waited);
    this.hashDurations.observe(took);
  }

  hashRefused(): void {
    this.hashesRefused.inc();
  }

  mail(result: MailResult): void {
    this.mails.inc({ result });
  }

  /** A counter that appears with its first increase hides that increase from `rate()`. */
  private beginAtZero(): void {
    for (const outcome of ['started', 'challenged']) this.signIns.inc({ outcome, code: NO_CODE }, 0);
    for (const code of ['invalid_credentials', 'too_many_requests'])
      this.signIns.inc({ outcome: 'refused', code }, 0);
    for (const outcome of Object.values(SIGN_UPS)) this.signUps.inc({ outcome }, 0);
    for (const step of Object.values(RESETS)) this.resets.inc({ step }, 0);
    for (const result of MAIL_RESULTS) this.mails.inc({ result }, 0);
    for (const budget of ['sign_in', 'sign_up', 'mail', 'token']) this.throttled.inc({ budget }, 0);
  }
}

const ACCEPTED = { result: 'accepted' };
const REFUSED = { result: 'refused' };
