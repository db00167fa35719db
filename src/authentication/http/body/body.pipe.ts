import {
  createParamDecorator,
  Injectable,
  type ArgumentMetadata,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { FieldError } from '../../core/problems/problem.js';
import { fieldError, InvalidBody } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { isWellFormedValue } from '../../core/unicode/well-formed.js';
import { requestOf } from '../request/context-request.js';
import { BodyExtensions, OpenBody, type BodyClass } from './body-extensions.js';
import { loadRules } from './body-loads.js';
import { fieldsOf, isPlainData, isStructure, requiredFields, structuredFields } from './body-shape.js';
import { bodyValues, onlyFields, TakesBody, unknownFields, type BodyValues } from './body-fields.js';

const SETTINGS = Symbol('settings of the validation');
const OWN_CODES = new Set(['too_short', 'too_long', 'too_common', 'mismatch']);
const CODE_OF_CONSTRAINT: Readonly<Record<string, string>> = {
  minLength: 'too_short',
  maxLength: 'too_long',
  isNotEmpty: 'missing',
  isDefined: 'missing',
};

/**
 * Turns a JSON body into its class, or refuses it with all faults in one answer. Fields that the class does not declare
 * are refused, so nothing is mass-assigned (OWASP ASVS 15.3.3).
 */
@Injectable()
export class BodyPipe implements PipeTransform<unknown, object> {
  constructor(
    @Settings() private readonly settings: AuthenticationSettings,
    private readonly extensions: BodyExtensions,
  ) {}

  async transform(body: unknown, { metatype }: ArgumentMetadata): Promise<object> {
    if (metatype === undefined) throw new TypeError('@JsonBody() needs a parameter whose type is a class');
    return this.validate(metatype as BodyClass, body);
  }

  /** Validates a body that does not come through `@JsonBody()`, such as the form of a page. @throws InvalidBody */
  async validate<T extends object>(Body: new () => T, body: unknown): Promise<T> {
    const sent = bodyValues(body);
    const added = this.extensions.of(Body).map((extension) => extension.fields);
    const known = new Set([Body, ...added].flatMap(fieldsOf));
    const values = onlyFields(sent, known);
    await loadRules([Body, ...added]);
    const errors = [
      ...[Body, ...added].flatMap((part) => this.faultsOf(part, values)),
      ...unknownFields(sent, known),
    ];
    if (errors.length > 0) throw new InvalidBody(errors);
    const result = this.build(Body, values);
    if (result instanceof OpenBody) {
      Object.assign(result, {
        extra: Object.assign({}, ...added.map((part) => this.build(part, values))) as BodyValues,
      });
    }
    return result;
  }

  private faultsOf(Part: BodyClass, values: BodyValues): FieldError[] {
    const missing = requiredFields(Part).filter((field) => isBlank(values[field]));
    const malformed = fieldsOf(Part).filter((field) => !isSound(values[field]));
    const settled = new Set([...missing, ...malformed]);
    const sound = Object.fromEntries(Object.entries(values).filter(([field]) => !malformed.includes(field)));
    const others = faultsIn(this.build(Part, sound))
      .filter((error) => !settled.has(error.property))
      .map((error) => fieldError(error.property, codeOf(error.constraints ?? {})));
    return [
      ...missing.map((field) => fieldError(field, 'missing')),
      ...malformed.map((field) => fieldError(field, 'invalid')),
      ...others,
    ];
  }

  private build<T extends object>(Part: new () => T, values: BodyValues): T {
    const structured = structuredFields(Part);
    const own = Object.entries(onlyFields(values, fieldsOf(Part)));
    // The transformer fails on some objects, and a `@Transform()` on values of a type that it does not expect. So an
    // object or a list that no rule of its field takes goes to the rules as it is: they refuse it.
    const isStray = ([field, value]: [string, unknown]): boolean =>
      isStructure(value) && !structured.has(field);
    const plain = Object.fromEntries(own.filter((entry) => !isStray(entry)));
    const body = this.transformed(Part, plain);
    return Object.assign(body, Object.fromEntries(own.filter(isStray)));
  }

  /** @throws what a `@Transform()` throws for values that the rules accept */
  private transformed<T extends object>(Part: new () => T, plain: BodyValues): T {
    try {
      return this.withSettings(plainToInstance(Part, plain));
    } catch (error) {
      const untransformed = this.withSettings(Object.assign(new Part(), plain));
      if (faultsIn(untransformed).length === 0) throw error;
      return untransformed;
    }
  }

  private withSettings<T extends object>(body: T): T {
    return Object.defineProperty(body, SETTINGS, { value: this.settings });
  }
}

/** The settings, for validators of fields whose limits are settings. */
export function settingsOf(body: object): AuthenticationSettings {
  return (body as { [SETTINGS]: AuthenticationSettings })[SETTINGS];
}

const RawBody = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context).body);

/** The validated body, as a parameter. The host's global `ValidationPipe` ignores it, unlike one of `@Body()`. */
export function JsonBody(): ParameterDecorator {
  return (target, name, index) => {
    if (name === undefined) throw new TypeError('@JsonBody() is for the parameters of methods');
    RawBody(BodyPipe)(target, name, index);
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    if (descriptor !== undefined) TakesBody()(target, name, descriptor);
  };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isSound(value: unknown): boolean {
  return isWellFormedValue(value) && isPlainData(value);
}

function faultsIn(body: object): ValidationError[] {
  return validateSync(body, { forbidUnknownValues: false });
}

function codeOf(constraints: Readonly<Record<string, string>>): string {
  const names = Object.entries(constraints).map(([name, message]) =>
    name === FIELD_RULE ? message : (CODE_OF_CONSTRAINT[name] ?? 'invalid'),
  );
  return names.find((name) => !OWN_CODES.has(name)) ?? names[0] ?? 'invalid';
}

/** The name of our own rules in class-validator. Their message is the code of the field's fault. */
export const FIELD_RULE = 'fieldRule';
