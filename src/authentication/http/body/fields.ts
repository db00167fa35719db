import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationArguments } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '../../core/openapi/annotations.js';
import { isWithin, normalized } from '../../core/unicode/bounded.js';
import { pastedToken } from '../../core/unicode/typed.js';
import { canonicalEmail } from '../../core/users/email-address.js';
import { LoadedBefore } from './body-loads.js';
import { FIELD_RULE } from './body.pipe.js';

/**
 * Adds a rule to a field. @param fault returns the code of the fault, or null
 * @param load is awaited before the rules of a body are checked, for what a rule needs and the start does not
 */
export function FieldRule(
  fault: (value: unknown, body: object) => string | null,
  load?: () => Promise<void>,
): PropertyDecorator {
  const faultOf = (args: ValidationArguments): string | null => fault(args.value, args.object);
  const rule = ValidateBy({
    name: FIELD_RULE,
    validator: {
      validate: (_, args) => args !== undefined && faultOf(args) === null,
      defaultMessage: (args) => (args === undefined ? null : faultOf(args)) ?? 'invalid',
    },
  });
  return load === undefined ? rule : applyDecorators(LoadedBefore(load), rule);
}

/**
 * An email address, which is brought into its canonical form. It is documented without the format `email`, which excludes
 * addresses such as `a..b@docomo.ne.jp`.
 */
export function EmailField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', maxLength: 254, example: 'ada@example.com' }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalEmail(value) ?? value) : value,
    ),
    FieldRule((value) => (typeof value === 'string' && canonicalEmail(value) !== null ? null : 'invalid')),
  );
}

/** code points */
const NAME_LENGTH = 100;

/** A name appears in subjects of mails: no line breaks, control characters or marks that change the text direction. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
/** One character that shows something. Joiners between the parts of an emoji are allowed beside it. */
const VISIBLE = /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

interface NameRules {
  example: string;
  required?: boolean;
}

/** A name that a user gives to something. It is trimmed and brought into Unicode's NFC. */
export function NameField({ example, required = true }: NameRules): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: 1, maxLength: NAME_LENGTH, required, example }),
    // A name that is too long stays as it is: it must not be normalised.
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (normalized(value.trim(), NAME_LENGTH) ?? value) : value,
    ),
    FieldRule((value) => {
      if (typeof value !== 'string') return 'invalid';
      if (value === '') return 'too_short';
      if (!isWithin(value, NAME_LENGTH)) return 'too_long';
      return UNPRINTABLE.test(value) || !VISIBLE.test(value) ? 'invalid' : null;
    }),
  );
}

/** A secret. Any text is accepted, because it is only compared. */
export function SecretField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: 1 }),
    FieldRule((value) => (typeof value === 'string' ? null : 'invalid')),
  );
}

/** A token from a mail. White space and invisible characters around it, which a copy may have, are dropped. */
export function MailedTokenField(): PropertyDecorator {
  return applyDecorators(
    SecretField(),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? pastedToken(value) : value)),
  );
}

/** Must repeat the text of another field; both are compared in Unicode's NFC. */
export function ConfirmationField(of: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', description: `\`${of}\` again` }),
    FieldRule((value, body) => {
      if (typeof value !== 'string') return 'invalid';
      const first = (body as Record<string, unknown>)[of];
      return typeof first === 'string' && isSame(first, value) ? null : 'mismatch';
    }),
  );
}

/** In code points. Longer texts are not normalised: they must be the same as they are. */
const COMPARED_LENGTH = 256;

function isSame(first: string, second: string): boolean {
  if (first === second) return true;
  const normal = normalized(first, COMPARED_LENGTH);
  return normal !== null && normal === normalized(second, COMPARED_LENGTH);
}
