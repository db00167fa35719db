import type { SessionLimits } from './session.entity.js';

/** SQL condition of a live session, by the database's clock. Its parameters from `$first` on are those of `limitsOf`. */
export const isLiveSession = (alias: string, first: number): string =>
  `${alias}.last_active_at > now() - make_interval(secs => $${first})
   AND ${alias}.created_at > now() - make_interval(secs => $${first + 1})`;

export const limitsOf = (limits: SessionLimits): [number, number] => [
  limits.sessionIdleSeconds,
  limits.sessionAbsoluteSeconds,
];
