import { SetMetadata } from '@nestjs/common';
import type { HttpRequest } from '../request/http.js';

export const FORM_POST = Symbol('form post');

/** Marks a route for a form of our own pages. All other routes refuse forms, which would allow login CSRF. */
export const FormPost = (): MethodDecorator => SetMetadata(FORM_POST, true);

/** A form's fields by name. */
export type Form = Readonly<Record<string, string | undefined>>;

/** The fields of a form post; a field that was sent twice counts as absent. */
export function formOf({ body }: HttpRequest): Form {
  const entries: [string, unknown][] = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
