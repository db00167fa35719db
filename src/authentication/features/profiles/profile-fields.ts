import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ApiPropertyOptional } from '../../core/openapi/annotations.js';
import { isWithin } from '../../core/unicode/bounded.js';
import { FieldRule } from '../../http/body/fields.js';

/** in code points */
const NAME_MAX_LENGTH = 100;
/** Control characters and line separators: a name must stay on one line, in the header of a mail and in a log. */
const BREAKS_LINES = /[\p{Cc}\p{Zl}\p{Zp}]/u;

const USERNAME_MIN_LENGTH = 3;
const USERNAME_MAX_LENGTH = 40;
/** ASCII only: letters of other scripts can look the same, and their lower case depends on the locale. */
const USERNAME = /^[A-Za-z0-9._-]*$/;

/** A person's name in any script, kept as typed. A blank value clears the field, as null does. */
export function PersonNameField({ example }: { example: string }): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'string',
      nullable: true,
      maxLength: NAME_MAX_LENGTH,
      description: 'one line; null or blank clears it',
      example,
    }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && value.trim() === '' ? null : value,
    ),
    FieldRule((value) => {
      if (typeof value !== 'string') return 'invalid';
      if (!isWithin(value, NAME_MAX_LENGTH)) return 'too_long';
      return BREAKS_LINES.test(value) ? 'invalid' : null;
    }),
  );
}

/** A username, unique within the realm; upper and lower case count as the same. */
export function UsernameField(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'string',
      nullable: true,
      minLength: USERNAME_MIN_LENGTH,
      maxLength: USERNAME_MAX_LENGTH,
      pattern: USERNAME.source,
      description: 'kept as typed; unique, upper and lower case count as the same; null clears it',
      example: 'ada.lovelace',
    }),
    FieldRule((value) => {
      if (typeof value !== 'string') return 'invalid';
      if (value.length > USERNAME_MAX_LENGTH) return 'too_long';
      if (!USERNAME.test(value)) return 'invalid';
      return value.length < USERNAME_MIN_LENGTH ? 'too_short' : null;
    }),
  );
}
