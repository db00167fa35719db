import {
  ARRAY_CONTAINS,
  ARRAY_MAX_SIZE,
  ARRAY_MIN_SIZE,
  ARRAY_NOT_CONTAINS,
  ARRAY_NOT_EMPTY,
  ARRAY_UNIQUE,
  getMetadataStorage,
  IS_ARRAY,
  IS_INSTANCE,
  IS_NOT_EMPTY_OBJECT,
  IS_OBJECT,
} from 'class-validator';
import type { BodyClass } from './body-extensions.js';

const STRUCTURE_RULES = new Set([
  ARRAY_CONTAINS,
  ARRAY_MAX_SIZE,
  ARRAY_MIN_SIZE,
  ARRAY_NOT_CONTAINS,
  ARRAY_NOT_EMPTY,
  ARRAY_UNIQUE,
  IS_ARRAY,
  IS_INSTANCE,
  IS_NOT_EMPTY_OBJECT,
  IS_OBJECT,
]);

/** Code that reads one of these from an object gets what the client sent, in place of what every object inherits. */
const INHERITED = ['__proto__', 'constructor', 'prototype'];

interface Rule {
  propertyName: string;
  type: string;
  name?: string;
  each?: boolean;
}

function rulesOf(Part: BodyClass): Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(Part, '', false, false);
}

function fieldsWith(Part: BodyClass, wanted: (rule: Rule) => boolean): Set<string> {
  return new Set(rulesOf(Part).flatMap((rule) => (wanted(rule) ? [rule.propertyName] : [])));
}

export function fieldsOf(Part: BodyClass): string[] {
  return [...fieldsWith(Part, () => true)];
}

/** Fields that have a rule other than `@Allow()`, unless `@IsOptional()` lets them be absent. */
export function requiredFields(Part: BodyClass): string[] {
  const optional = fieldsWith(Part, ({ type }) => type === 'conditionalValidation');
  const ruled = fieldsWith(
    Part,
    ({ type }) => type !== 'conditionalValidation' && type !== 'whitelistValidation',
  );
  return [...ruled].filter((field) => !optional.has(field));
}

/** Fields with a rule for objects or lists, such as `@IsArray()`, `@ValidateNested()` or one with `each: true`. */
export function structuredFields(Part: BodyClass): ReadonlySet<string> {
  return fieldsWith(
    Part,
    ({ type, name = '', each }) => each === true || type === 'nestedValidation' || STRUCTURE_RULES.has(name),
  );
}

export function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether no object in a value has a field such as `constructor`. The depth of the value must be checked before. */
export function isPlainData(value: unknown): boolean {
  if (!isStructure(value)) return true;
  return (
    !INHERITED.some((name) => Object.prototype.hasOwnProperty.call(value, name)) &&
    Object.values(value).every(isPlainData)
  );
}
