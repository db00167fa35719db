import { SetMetadata } from '@nestjs/common';
import type { FieldError } from '../../core/problems/problem.js';
import { BodyIsNoObject, fieldError, InvalidBody } from '../../core/problems/problems.js';

export type BodyValues = Record<string, unknown>;

export const TAKES_BODY = Symbol('takes a body');

/** Marks a route that takes a JSON body. Any other route refuses all fields as unknown. */
export const TakesBody = (): MethodDecorator => SetMetadata(TAKES_BODY, true);

/** The fields of a body; no body counts as an empty one. @throws BodyIsNoObject */
export function bodyValues(body: unknown): BodyValues {
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new BodyIsNoObject();
  return body as BodyValues;
}

/** Only these fields: a body may have thousands of others, and nothing that every object inherits is a field. */
export function onlyFields(values: BodyValues, names: Iterable<string>): BodyValues {
  const isSent = (name: string): boolean => Object.prototype.hasOwnProperty.call(values, name);
  return Object.fromEntries([...names].filter(isSent).map((name) => [name, values[name]]));
}

export function unknownFields(values: BodyValues, known: ReadonlySet<string>): FieldError[] {
  return Object.keys(values)
    .filter((key) => !known.has(key))
    .slice(0, 20)
    .map((key) => fieldError(printable(key), 'unknown'));
}

/** For routes without a body. @throws BodyIsNoObject, InvalidBody */
export function refuseFields(body: unknown): void {
  const errors = unknownFields(bodyValues(body), new Set());
  if (errors.length > 0) throw new InvalidBody(errors);
}

/** The client chose the name of a field: it is cut, and loses characters that could break a log line or a page. */
function printable(key: string): string {
  return key.slice(0, 64).replace(/[^\x20-\x7e]/g, '?');
}
