import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { isISO8601, ValidateIf } from 'class-validator';
import { FieldRule } from '../../requests/fields.js';

const NAME_LENGTH = 100;

/** A name stands in subjects of mails: no line breaks, no control characters, nothing that turns what follows. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** A date, or a date and time that say where they are meant: `2027-01-31`, `2027-01-31T12:00:00Z`. */
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Absent, or as the other decorators have it. Null is refused: nothing here can be cleared. */
export const Omissible = (): PropertyDecorator =>
  ValidateIf((_: unknown, value: unknown) => value !== undefined);

export function NameField({ required }: { required: boolean }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: 1, maxLength: NAME_LENGTH, required, example: 'Shop' }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.normalize('NFC').trim() : value,
    ),
    FieldRule((value) => {
      if (typeof value !== 'string') return 'invalid';
      if (value === '') return 'too_short';
      if ([...value].length > NAME_LENGTH) return 'too_long';
      return UNPRINTABLE.test(value) ? 'invalid' : null;
    }),
  );
}

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
