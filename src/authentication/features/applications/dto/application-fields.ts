import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { isISO8601, ValidateIf } from 'class-validator';
import { FieldRule, NameField } from '../../../http/body/fields.js';

/** A name stands in subjects of mails: no line breaks, no control characters, nothing that turns what follows. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/**
 * A date, or a date and time that say where they are meant: `2027-01-31`, `2027-01-31T12:00:00Z`. Postgres knows no
 * year 0, and no place that is further than 15 hours from Greenwich.
 */
const MOMENT = /^(?!0000)\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?$/;

/** Absent, or as the other decorators have it. Null is refused: nothing here can be cleared. */
export const Omissible = (): PropertyDecorator =>
  ValidateIf((_: unknown, value: unknown) => value !== undefined);

export const ApplicationNameField = ({ required }: { required: boolean }): PropertyDecorator =>
  NameField({ example: 'Shop', required, unprintable: UNPRINTABLE });

/** Whether it lies ahead, the database's clock decides. */
export function ExpiryField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', format: 'date-time', required: false, description: 'in the future' }),
    FieldRule((value) => (typeof value === 'string' && isMoment(value) ? null : 'invalid')),
  );
}

function isMoment(text: string): boolean {
  return MOMENT.test(text) && isISO8601(text, { strict: true }) && !Number.isNaN(Date.parse(text));
}
