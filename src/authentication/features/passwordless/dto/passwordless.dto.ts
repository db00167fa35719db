import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { ApiPropertyOptional } from '../../../core/openapi/annotations.js';
import { fieldError, InvalidBody } from '../../../core/problems/problems.js';
import { EmailField, MailedTokenField, SecretField } from '../../../http/body/fields.js';

export class SendPasswordlessDto {
  @EmailField()
  email!: string;
}

/** An optional field: the body has one of two shapes. An empty string counts as absent. */
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
  @EitherField(MailedTokenField(), 'the token from the mailed link')
  token?: string | null;

  @EitherField(EmailField(), 'the address to which the code was mailed')
  email?: string | null;

  @EitherField(SecretField(), 'the mailed code, in any case, with or without spaces and dashes')
  code?: string | null;
}

/** Proof that the client can read the mailbox: the token of the link, or the code with its address. */
export type MailedProof = { token: string } | { email: string; code: string };

/** @throws InvalidBody unless the body is exactly one of the two shapes */
export function mailedProofOf({
  token = null,
  email = null,
  code = null,
}: SignInPasswordlessDto): MailedProof {
  if (token !== null) {
    const stray = Object.entries({ email, code }).filter(([, value]) => value !== null);
    if (stray.length === 0) return { token };
    throw new InvalidBody(
      stray.map(([field]) => fieldError(field, 'unknown', 'must not be sent together with `token`')),
    );
  }
  if (email !== null && code !== null) return { email, code };
  const wanted = email === null && code === null ? { token, email, code } : { email, code };
  const missing = Object.entries(wanted).filter(([, value]) => value === null);
  throw new InvalidBody(missing.map(([field]) => fieldError(field, 'missing')));
}
