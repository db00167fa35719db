import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { fieldError, InvalidBody } from '../../../core/problems/problems.js';
import { EmailField, SecretField } from '../../../http/body/fields.js';

export class SendPasswordlessDto {
  @EmailField()
  email!: string;
}

/** A field of one of two shapes. Empty counts as absent. */
function EitherField(field: PropertyDecorator, description: string): PropertyDecorator {
  return applyDecorators(
    field,
    ApiPropertyOptional({ description, nullable: true }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) => (value === '' ? null : value)),
  );
}

/** Either `token`, or `email` with `code`. */
export class SignInPasswordlessDto {
  @EitherField(SecretField(), 'of the mailed link')
  token?: string | null;

  @EitherField(EmailField(), 'to which the code was mailed')
  email?: string | null;

  @EitherField(SecretField(), 'as it was typed: in any case, with spaces or dashes')
  code?: string | null;
}

/** What only a reader of the mailbox has. */
export type MailedProof = { token: string } | { email: string; code: string };

/** @throws InvalidBody for anything but one of the two, whole */
export function mailedProofOf({
  token = null,
  email = null,
  code = null,
}: SignInPasswordlessDto): MailedProof {
  if (token !== null) {
    const stray = Object.entries({ email, code }).filter(([, value]) => value !== null);
    if (stray.length === 0) return { token };
    throw new InvalidBody(
      stray.map(([field]) => fieldError(field, 'unknown', 'is not taken beside `token`')),
    );
  }
  if (email !== null && code !== null) return { email, code };
  const wanted = email === null && code === null ? { token, email, code } : { email, code };
  const missing = Object.entries(wanted).filter(([, value]) => value === null);
  throw new InvalidBody(missing.map(([field]) => fieldError(field, 'missing')));
}
