import { Problem, type FieldError } from './problem.js';

const FIELD_DETAILS: Readonly<Record<string, string>> = {
  missing: 'is required',
  unknown: 'is not a field of this request',
  invalid: 'is not valid',
  taken: 'is taken',
  too_short: 'is too short',
  too_long: 'is too long',
  too_common: 'is too easy to guess',
  too_many: 'is one more than there may be: delete another first',
  mismatch: 'does not match the password',
  incorrect: 'is incorrect',
  already_registered: 'is already registered',
};

export const FIELD_CODES: readonly string[] = Object.keys(FIELD_DETAILS);

/** What is wrong with one field of a body. */
export function fieldError(field: string, code: string, detail = FIELD_DETAILS[code]): FieldError {
  return { field, code, detail: detail ?? 'is not valid' };
}

/**
 * A body with invalid fields. Its code is `already_registered` if a field has that code, else `missing_parameters` if a
 * field is missing, else `wrong_parameters`.
 */
export class InvalidBody extends Problem {
  constructor(readonly errors: readonly FieldError[]) {
    super(422, ...summaryOf(errors), { errors });
  }

  static of(field: string, code: string, detail?: string): InvalidBody {
    return new InvalidBody([fieldError(field, code, detail)]);
  }
}

function summaryOf(errors: readonly FieldError[]): [code: string, title: string, detail: string] {
  const has = (code: string): boolean => errors.some((error) => error.code === code);
  if (has('already_registered'))
    return ['already_registered', 'Already registered', 'This address is already registered.'];
  if (has('missing')) return ['missing_parameters', 'Missing parameters', 'Required fields are missing.'];
  return ['wrong_parameters', 'Wrong parameters', 'Some fields have values that cannot be used.'];
}

export class BodyIsNoObject extends Problem {
  constructor() {
    super(422, 'wrong_parameters', 'Wrong parameters', 'The body must be a JSON object.');
  }
}

export class ConflictingTokens extends Problem {
  constructor() {
    super(400, 'wrong_parameters', 'Wrong parameters', 'The request has two different tokens.');
  }
}

export class RepeatedHeader extends Problem {
  constructor() {
    super(
      400,
      'wrong_parameters',
      'Wrong parameters',
      'The request has a header twice that it may have once.',
    );
  }
}

export class TooManyHeaderLines extends Problem {
  constructor() {
    super(400, 'wrong_parameters', 'Wrong parameters', 'The request has too many header lines.');
  }
}

export class AuthenticationRequired extends Problem {
  constructor() {
    super(401, 'authentication_required', 'Authentication required', 'Sign in and send the session token.', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  }
}

/** The same answer for every failed sign-in: it does not reveal which accounts exist (OWASP ASVS 6.3.8). */
export class InvalidCredentials extends Problem {
  constructor() {
    super(401, 'invalid_credentials', 'Invalid credentials', 'That email or password is incorrect.');
  }
}

export class EmailUnverified extends Problem {
  constructor() {
    super(403, 'email_unverified', 'Email unverified', 'Confirm the email address first.');
  }
}

export class AccountSuspended extends Problem {
  constructor() {
    super(403, 'account_suspended', 'Account suspended', 'This account is suspended.');
  }
}

/** A route that needs a session got another kind of token. */
export class SessionRequired extends Problem {
  constructor() {
    super(403, 'session_required', 'Session required', 'This needs a session, not another kind of token.');
  }
}

export class InvalidToken extends Problem {
  constructor() {
    super(400, 'invalid_token', 'Invalid token', 'This link or token is invalid, used or expired.');
  }
}

export class NotFound extends Problem {
  constructor() {
    super(404, 'not_found', 'Not found', 'There is nothing here.');
  }
}

/** A table of the application refers to the row, by a foreign key without `ON DELETE CASCADE` or `SET NULL`. */
export class InUse extends Problem {
  constructor() {
    super(409, 'in_use', 'In use', 'Other data still refers to this, so it cannot be deleted.');
  }
}

export class MalformedJson extends Problem {
  constructor() {
    super(400, 'malformed_json', 'Malformed JSON', 'The body is not well-formed JSON.');
  }
}

export class UnsupportedMediaType extends Problem {
  constructor() {
    super(415, 'unsupported_media_type', 'Unsupported media type', 'Send the body as application/json.');
  }
}

export class PayloadTooLarge extends Problem {
  constructor() {
    super(413, 'payload_too_large', 'Payload too large', 'The body is larger than this server accepts.');
  }
}

export class TooManyRequests extends Problem {
  constructor(retryAfterSeconds: number) {
    super(429, 'too_many_requests', 'Too many requests', 'Too many attempts. Try again later.', {
      headers: { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
    });
  }
}

export class Overloaded extends Problem {
  constructor() {
    super(503, 'overloaded', 'Overloaded', 'The server is busy. Try again in a moment.', {
      headers: { 'Retry-After': '2' },
    });
  }
}

export class Unavailable extends Problem {
  constructor() {
    super(503, 'unavailable', 'Unavailable', 'The database cannot be reached. Try again in a moment.', {
      headers: { 'Retry-After': '2' },
    });
  }
}

export class InternalError extends Problem {
  constructor() {
    super(500, 'internal_error', 'Internal error', 'Something went wrong on our side.');
  }
}
