import { Problem } from '../../core/problems/problem.js';

export const METHODS = ['totp', 'recovery_code'] as const;

/** Answers a sign-in of a user who has a second factor: with a challenge instead of a session. */
export class SecondFactorRequired extends Problem {
  constructor(token: string, expiresAt: Date) {
    super(
      401,
      'second_factor_required',
      'Second factor required',
      'Answer the challenge with a code from the authenticator app, or with a recovery code.',
      { members: { challenge: { token, methods: METHODS, expires_at: expiresAt.toISOString() } } },
    );
  }
}

export class CodeRefused extends Problem {
  constructor() {
    super(401, 'invalid_credentials', 'Invalid credentials', 'That code is incorrect or was already used.');
  }
}

export class TwoFactorIsOn extends Problem {
  constructor() {
    super(422, 'wrong_parameters', 'Wrong parameters', 'Two-factor authentication is on. Turn it off first.');
  }
}

export class TwoFactorIsOff extends Problem {
  constructor() {
    super(422, 'wrong_parameters', 'Wrong parameters', 'Two-factor authentication is not on.');
  }
}
