import { SetMetadata } from '@nestjs/common';
import type { HttpRequest } from '../request/http.js';

export const FORM_POST = Symbol('form post');

/** The form posts of our own pages. Anywhere else a form would open the door to login CSRF. */
export const FormPost = (): MethodDecorator => SetMetadata(FORM_POST, true);

/** A form's fields by name. */
export type Form = Readonly<Record<string, string | undefined>>;

/** The fields of a form post; one that was given twice counts as absent. */
export function formOf({ body }: HttpRequest): Form {
  const entries: [string, unknown][] = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
