import { HttpStatus, type HttpException } from '@nestjs/common';
import { Problem, type FieldError } from '../../core/problems/problem.js';
import { MalformedJson } from '../../core/problems/problems.js';

/** What JSON.parse and Fastify say of a text that is no JSON. Nest passes the sentence on, and not whose it was. */
const OF_JSON_PARSER =
  /is not valid JSON|(?:in|after) JSON at position|^Unexpected end of JSON|^Body cannot be empty when content-type/;
/** What Express says of `/%zz`, with the path. */
const OF_ROUTER = 'Failed to decode param';

/** How class-validator's own sentences begin. One that somebody wrote may not name its field. */
const FIELD_FIRST =
  /^(?:each value in |nested property |property )?([A-Za-z_$][\w$]*(?:\.[\w$]+)*) (?:must|should|has|is not)\b/;

/**
 * A host that registers the filter throws failures of its own, too: `forbidden`, `conflict`. Their text stays here, but
 * what a pipe found wrong is for the client.
 */
export function problemOfHost(exception: HttpException): Problem {
  const status = exception.getStatus();
  if (status === 400 && OF_JSON_PARSER.test(exception.message)) return new MalformedJson();
  const errors = errorsIn(exception);
  return problemOfStatus(status, errors.length === 0 ? {} : { errors });
}

/** By its number: `bad_request`, `conflict`. */
export function problemOfStatus(status: number, extras: { errors?: readonly FieldError[] } = {}): Problem {
  const code = (HttpStatus[status] ?? 'failed').toLowerCase();
  const title = `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`;
  return new Problem(status, code, title, `${title}.`, extras);
}

/** Parsers that no `HttpException` wraps: of Express before Nest wraps it, of Fastify, of its older versions. */
export function isMalformedJson(failure: { type?: unknown; code?: unknown }): boolean {
  const { type, code } = failure;
  return (
    failure instanceof SyntaxError ||
    type === 'entity.parse.failed' ||
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY'
  );
}

/** `ValidationPipe` has a list of messages, the other pipes have one, at 400. */
function errorsIn(exception: HttpException): FieldError[] {
  const answer = exception.getResponse();
  // A text alone is Fastify's, which may repeat the request.
  if (typeof answer === 'string') return [];
  const { message, error } = answer as { message?: unknown; error?: unknown };
  if (Array.isArray(message)) return message.flatMap((item: unknown) => errorsOf(item));
  // Without an `error` beside it the message is the status' own name.
  if (exception.getStatus() !== 400 || typeof message !== 'string' || error === undefined) return [];
  return message.startsWith(OF_ROUTER) ? [] : [{ field: '', code: 'invalid', detail: message }];
}

interface ValidationFailure {
  property?: unknown;
  constraints?: Readonly<Record<string, string>>;
  children?: readonly ValidationFailure[];
}

/** A sentence, or class-validator's `ValidationError`, where an `exceptionFactory` passes it on. */
function errorsOf(item: unknown, path = ''): FieldError[] {
  if (typeof item === 'string') {
    return [{ field: FIELD_FIRST.exec(item)?.[1] ?? '', code: 'invalid', detail: item }];
  }
  const { property, constraints = {}, children = [] } = (item ?? {}) as ValidationFailure;
  if (typeof property !== 'string') return [];
  const field = `${path}${property}`;
  return [
    ...Object.values(constraints).map((detail) => ({ field, code: 'invalid', detail })),
    ...children.flatMap((child) => errorsOf(child, `${field}.`)),
  ];
}
