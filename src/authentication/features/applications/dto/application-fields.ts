import { applyDecorators } from '@nestjs/common';
import { isISO8601, ValidateIf } from 'class-validator';
import { ApiProperty } from '../../../core/openapi/annotations.js';
import { FieldRule, NameField } from '../../../http/body/fields.js';

/**
 * A date, or a date and time with an offset from UTC: `2027-01-31`, `2027-01-31T12:00:00Z`. Postgres has no year 0 and
 * refuses offsets of 16 hours or more; here they must be below 15.
 */
const MOMENT = /^(?!0000)\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?$/;

/** A field that may be absent. Null is refused, because nothing here can be cleared. */
export const Omissible = (): PropertyDecorator =>
  ValidateIf((_: unknown, value: unknown) => value !== undefined);

export const ApplicationNameField = ({ required }: { required: boolean }): PropertyDecorator =>
  NameField({ example: 'Shop', required });

/** Checks the form only: the database's clock decides whether the time is in the future. */
export function ExpiryField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', format: 'date-time', required: false, description: 'in the future' }),
    FieldRule((value) => (typeof value === 'string' && isMoment(value) ? null : 'invalid')),
  );
}

function isMoment(text: string): boolean {
  return MOMENT.test(text) && isISO8601(text, { strict: true }) && !Number.isNaN(Date.parse(text));
}
