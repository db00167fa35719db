import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { passwordFault } from '../core/passwords/password-policy.js';
import { settingsOf } from '../http/body/body.pipe.js';
import { FieldRule } from '../http/body/fields.js';

/** A password to be set: long enough, and not what a guesser tries first. */
export function NewPasswordField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'string',
      format: 'password',
      description: '15 characters (or PASSWORD_MIN_LENGTH) to 256, none of them refused; no common password',
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
    }),
  );
}
