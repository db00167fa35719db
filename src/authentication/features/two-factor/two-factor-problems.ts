import { Problem } from '../../core/problems/problem.js';

export const METHODS = ['totp', 'recovery_code'] as const;

/** The answer to a right password of somebody who has a second factor. It holds a challenge, and no session. */
export class SecondFactorRequired extends Problem {
  constructor(token: string, expiresAt: Date) {
    super(
      401,
      'second_factor_required',
      'Second factor required',
      'Answer the challenge with a code of the authenticator app, or with a recovery code.',
      { members: { challenge: { token, methods: METHODS, expires_at: expiresAt.toISOString() } } },
    );
  }
}

export class CodeRefused extends Problem {
  constructor() {
    super(401, 'invalid_credentials', 'Invalid credentials', 'That code is incorrect, or was used already.');
  }
}

export class TwoFactorIsOn extends Problem {
  constructor() {
    super(422, 'wrong_parameters', 'Wrong parameters', 'Two-factor authentication is on. Take it off first.');
  }
}

export class TwoFactorIsOff extends Problem {
  constructor() {
    super(422, 'wrong_parameters', 'Wrong parameters', 'Two-factor authentication is not on.');
  }
}
