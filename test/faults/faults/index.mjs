import { CLOCK_FAULTS } from './clock.mjs';
import { DATABASE_FAULTS } from './database.mjs';
import { EMBEDDED_FAULTS } from './embedded.mjs';
import { MAIL_FAULTS } from './mail.mjs';
import { POOLER_FAULTS } from './pooler.mjs';
import { REDIS_FAULTS } from './redis.mjs';
import { SERVER_FAULTS } from './server.mjs';
import { STOP_FAULTS } from './stop.mjs';
import { SWEEP_FAULTS } from './sweep.mjs';

/**
 * Every fault: `name`, `says` (one sentence), `short` and `full` (its sizes), `run(bench, size)`; `needs` names programs
 * and rights; `alone` keeps others away while it measures times; `fullOnly` is left out of the short form.
 */
export const FAULTS = [
  ...SERVER_FAULTS,
  ...DATABASE_FAULTS,
  ...POOLER_FAULTS,
  ...MAIL_FAULTS,
  ...REDIS_FAULTS,
  ...STOP_FAULTS,
  ...CLOCK_FAULTS,
  ...EMBEDDED_FAULTS,
  ...SWEEP_FAULTS,
];
