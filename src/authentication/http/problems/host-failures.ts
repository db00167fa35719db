import { HttpStatus, type HttpException } from '@nestjs/common';
import { Problem, type FieldError } from '../../core/problems/problem.js';
import { MalformedJson } from '../../core/problems/problems.js';

/** Messages of JSON.parse and Fastify for a text that is not JSON. Nest passes on the message, but not its source. */
const OF_JSON_PARSER =
  /is not valid JSON|(?:in|after) JSON at position|^Unexpected end of JSON|^Body cannot be empty when content-type/;
/** The message of Express for a path such as `/%zz`, before the path. */
const OF_ROUTER = 'Failed to decode param';

/** The beginning of class-validator's own messages. A message that the host wrote may not name its field. */
const FIELD_FIRST =
  /^(?:each value in |nested property |property )?([A-Za-z_$][\w$]*(?:\.[\w$]+)*) (?:must|should|has|is not)\b/;

/**
 * The problem for an exception of the host, such as `forbidden` or `conflict`. Its text is not sent to the client,
 * except for the faults that a validation pipe found.
 */
export function problemOfHost(exception: HttpException): Problem {
  const status = exception.getStatus();
  if (status === 400 && OF_JSON_PARSER.test(exception.message)) return new MalformedJson();
  const errors = errorsIn(exception);
  return problemOfStatus(status, errors.length === 0 ? {} : { errors });
}

/** The problem that is named after a status: `bad_request`, `conflict`. */
export function problemOfStatus(status: number, extras: { errors?: readonly FieldError[] } = {}): Problem {
  const code = (HttpStatus[status] ?? 'failed').toLowerCase();
  const title = `${code.charAt(0).toUpperCase()}${code.slice(1).replace(/_/g, ' ')}`;
  return new Problem(status, code, title, `${title}.`, extras);
}

/** Recognizes parser errors that are not an `HttpException`: those of Express and of Fastify, also older versions. */
export function isMalformedJson(failure: { type?: unknown; code?: unknown }): boolean {
  const { type, code } = failure;
  return (
    failure instanceof SyntaxError ||
    type === 'entity.parse.failed' ||
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY'
  );
}

/** `ValidationPipe` gives a list of messages; other pipes give one message, with status 400. */
function errorsIn(exception: HttpException): FieldError[] {
  const answer = exception.getResponse();
  // An answer that is only text comes from Fastify, and may repeat input.
  if (typeof answer === 'string') return [];
  const { message, error } = answer as { message?: unknown; error?: unknown };
  if (Array.isArray(message)) return message.flatMap((item: unknown) => errorsOf(item));
  // Without a property `error` the message is only the name of the status.
  if (exception.getStatus() !== 400 || typeof message !== 'string' || error === undefined) return [];
  return message.startsWith(OF_ROUTER) ? [] : [{ field: '', code: 'invalid', detail: message }];
}

interface ValidationFailure {
  property?: unknown;
  constraints?: Readonly<Record<string, string>>;
  children?: readonly ValidationFailure[];
}

/** Reads a message, or a `ValidationError` of class-validator that an `exceptionFactory` passed on. */
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
