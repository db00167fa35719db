import { HttpException, HttpStatus } from '@nestjs/common';
import type { Texts } from '../texts/texts.js';

export interface FieldError {
  field: string;
  code: string;
  detail: string;
  /** the same for a page, in the language of its reader. JSON leaves functions out */
  sentence?: (texts: Texts, locale: string) => string;
}

interface Extras {
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  /** further members of the problem, such as a challenge (RFC 9457, section 3.2) */
  members?: Readonly<Record<string, unknown>>;
}

/** An expected failure, answered as `application/problem+json` (RFC 9457). `code` is stable: clients rely on it. */
export class Problem extends HttpException {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    readonly code: string,
    title: string,
    detail: string,
    { errors, headers = {}, members = {} }: Extras = {},
  ) {
    super(
      {
        type: `urn:authentication:problem:${code}`,
        title,
        status,
        detail,
        code,
        ...(errors === undefined ? {} : { errors }),
        ...members,
      },
      status,
    );
    this.headers = headers;
  }

  /** GraphQL servers copy it into the error of an answer. It has the form of Nest's own driver for Apollo. */
  get extensions(): Readonly<Record<string, unknown>> {
    const status = this.getStatus();
    const code = GRAPHQL_CODES[status] ?? (status < 500 ? HttpStatus[status] : undefined);
    return { code: code ?? 'INTERNAL_SERVER_ERROR', originalError: this.getResponse() };
  }
}

/** The codes of Apollo that differ from the name of the status. */
const GRAPHQL_CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 422: 'BAD_USER_INPUT' };
