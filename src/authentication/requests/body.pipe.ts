import {
  createParamDecorator,
  Injectable,
  type ArgumentMetadata,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { BodyIsNoObject, fieldError, InvalidBody } from '../problems/problems.js';
import type { FieldError } from '../problems/problem.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import { BodyExtensions, OpenBody, type BodyClass } from './body-extensions.js';
import type { HttpRequest } from './http.js';
import { isWellFormedValue } from './well-formed.js';

type Values = Record<string, unknown>;

const SETTINGS = Symbol('settings of the validation');
const OWN_CODES = new Set(['too_short', 'too_long', 'too_common', 'mismatch']);
const CODE_OF_CONSTRAINT: Readonly<Record<string, string>> = {
  minLength: 'too_short',
  maxLength: 'too_long',
  isNotEmpty: 'missing',
  isDefined: 'missing',
};

/**
 * Turns a JSON body into its class, or refuses it with every fault at once. Fields that the class does not declare
 * are refused, so nothing is mass-assigned (OWASP ASVS 15.3.3).
 */
@Injectable()
export class BodyPipe implements PipeTransform<unknown, object> {
  constructor(
    @Settings() private readonly settings: AuthenticationSettings,
    private readonly extensions: BodyExtensions,
  ) {}

  transform(body: unknown, { metatype }: ArgumentMetadata): object {
    if (metatype === undefined) throw new TypeError('@JsonBody() wants a parameter typed with a class');
    const values = objectOf(body);
    const Body = metatype as BodyClass;
    const added = this.extensions.of(Body).map((extension) => extension.fields);
    const errors = [
      ...[Body, ...added].flatMap((part) => this.faultsOf(part, values)),
      ...unknown(values, Body, added),
    ];
    if (errors.length > 0) throw new InvalidBody(errors);
    const result = this.build(Body, values);
    if (result instanceof OpenBody) {
      Object.assign(result, {
        extra: Object.assign({}, ...added.map((part) => this.build(part, values))) as Values,
      });
    }
    return result;
  }

  private faultsOf(Part: BodyClass, values: Values): FieldError[] {
    const missing = requiredFields(Part).filter((field) => isBlank(values[field]));
    const malformed = fieldsOf(Part).filter((field) => !isWellFormedValue(values[field]));
    const settled = new Set([...missing, ...malformed]);
    const sound = Object.fromEntries(Object.entries(values).filter(([field]) => !malformed.includes(field)));
    const others = validateSync(this.build(Part, sound), { forbidUnknownValues: false })
      .filter((error) => !settled.has(error.property))
      .map((error) => fieldError(error.property, codeOf(error.constraints ?? {})));
    return [
      ...missing.map((field) => fieldError(field, 'missing')),
      ...malformed.map((field) => fieldError(field, 'invalid')),
      ...others,
    ];
  }

  private build(Part: BodyClass, values: Values): object {
    const own = Object.fromEntries(
      fieldsOf(Part).flatMap((field) => (field in values ? [[field, values[field]]] : [])),
    );
    const body = plainToInstance(Part, own);
    Object.defineProperty(body, SETTINGS, { value: this.settings });
    return body;
  }
}

/** The settings, for validators of fields whose limits are settings. */
export function settingsOf(body: object): AuthenticationSettings {
  return (body as { [SETTINGS]: AuthenticationSettings })[SETTINGS];
}

const RawBody = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<HttpRequest>().body,
);

/** The validated body. Unlike `@Body()`, it is none of the business of the host's global pipes. */
export const JsonBody = (): ParameterDecorator => RawBody(BodyPipe);

function objectOf(body: unknown): Values {
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new BodyIsNoObject();
  return Object.fromEntries(Object.entries(body));
}

function unknown(values: Values, Body: BodyClass, added: readonly BodyClass[]): FieldError[] {
  const known = new Set([Body, ...added].flatMap(fieldsOf));
  return Object.keys(values)
    .filter((key) => !known.has(key))
    .slice(0, 20)
    .map((key) => fieldError(printable(key), 'unknown'));
}

/** A field's name is the client's own text: cut, and without what would break a log line or a page. */
function printable(key: string): string {
  return key.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function metadataOf(Part: BodyClass): { propertyName: string; type: string }[] {
  return getMetadataStorage().getTargetValidationMetadatas(Part, '', false, false);
}

function fieldsOf(Part: BodyClass): string[] {
  return [...new Set(metadataOf(Part).map(({ propertyName }) => propertyName))];
}

/** Fields with a rule of their own, unless `@IsOptional()` lets them be absent or `@Allow()` takes anything. */
function requiredFields(Part: BodyClass): string[] {
  const ofType = (wanted: (type: string) => boolean): Set<string> =>
    new Set(metadataOf(Part).flatMap(({ propertyName, type }) => (wanted(type) ? [propertyName] : [])));
  const optional = ofType((type) => type === 'conditionalValidation');
  const ruled = ofType((type) => type !== 'conditionalValidation' && type !== 'whitelistValidation');
  return [...ruled].filter((field) => !optional.has(field));
}

function codeOf(constraints: Readonly<Record<string, string>>): string {
  const names = Object.entries(constraints).map(([name, message]) =>
    name === FIELD_RULE ? message : (CODE_OF_CONSTRAINT[name] ?? 'invalid'),
  );
  return names.find((name) => !OWN_CODES.has(name)) ?? names[0] ?? 'invalid';
}

/** The name of our own rules among class-validator's; their message is the field's code. */
export const FIELD_RULE = 'fieldRule';
