import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '../core/openapi/annotations.js';
import { loadCommonPasswords, passwordFault } from '../core/passwords/password-policy.js';
import { settingsOf } from '../http/body/body.pipe.js';
import { FieldRule } from '../http/body/fields.js';

/** A new password: long enough, and not one that an attacker would guess first. */
export function NewPasswordField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'string',
      format: 'password',
      description:
        '15 (or PASSWORD_MIN_LENGTH) to 256 characters, no composition rules; common passwords are refused',
      example: 'correct horse battery staple',
    }),
    FieldRule((value, body) => {
      if (typeof value !== 'string') return 'invalid';
      const { passwordMinLength, appName } = settingsOf(body);
      const { email } = body as { email?: unknown };
      return passwordFault(value, {
        minLength: passwordMinLength,
        appName,
        emails: typeof email === 'string' ? [email] : [],
      });
    }, loadCommonPasswords),
  );
}
