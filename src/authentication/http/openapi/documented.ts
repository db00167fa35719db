import { applyDecorators, type Type } from '@nestjs/common';
import {
  annotated,
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  ApiSecurity,
  ApiTags,
} from '../../core/openapi/annotations.js';
import { ProblemView } from './problem.view.js';
import { answerResponse, problemResponse, type Answer } from './responses.js';
import { SECURITY_SCHEMES } from './security-schemes.js';

type Codes = Readonly<Record<number, readonly string[]>>;

/** The description of a route in the OpenAPI document. `Documented` adds what all routes have in common. */
export interface RouteDescription {
  /** must be unique: client generators name a method after it */
  id: string;
  group: string;
  summary: string;
  details?: string;
  /** who may call; `anybody`: a token is optional, but one that is sent must be valid. Unset: no token is read */
  caller?: 'session' | 'credential' | 'anybody';
  /** the class of the JSON body */
  body?: Type;
  /** the class of a form post of our own pages */
  form?: Type;
  answers: Readonly<Record<number, Answer>>;
  /** codes of failures by status */
  problems?: Codes;
  /** whether a browser gets failures as pages */
  pages?: boolean;
}

const OF_ALL: Codes = {
  400: ['malformed_json', 'wrong_parameters'],
  413: ['payload_too_large'],
  415: ['unsupported_media_type'],
  500: ['internal_error'],
  503: ['unavailable'],
};
const OF_BODIES: Codes = { 422: ['missing_parameters', 'wrong_parameters'] };
/** A body was sent to a route that takes none. */
const OF_OTHERS: Codes = { 422: ['wrong_parameters'] };
const OF_CALLERS: Codes = { 401: ['authentication_required'] };
const OF_SESSIONS: Codes = { 403: ['session_required'] };

export function Documented(route: RouteDescription): MethodDecorator {
  return annotated(() => description(route));
}

function description(route: RouteDescription): MethodDecorator {
  const answers = Object.entries(route.answers).map(
    ([status, answer]) => [Number(status), answerResponse(answer)] as const,
  );
  const problems = [...codesOf(route)].map(
    ([status, codes]) => [status, problemResponse([...codes], route.pages)] as const,
  );
  return applyDecorators(
    ApiTags(route.group),
    ApiOperation({
      operationId: route.id,
      summary: route.summary,
      ...(route.details === undefined ? {} : { description: route.details }),
    }),
    ApiExtraModels(ProblemView, ...modelsOf(route)),
    ...securityOf(route),
    ...bodyOf(route),
    ...[...answers, ...problems].map(([status, response]) => ApiResponse({ status, ...response })),
  );
}

function codesOf({ caller, body, problems = {} }: RouteDescription): Map<number, Set<string>> {
  const parts = [
    problems,
    body === undefined ? OF_OTHERS : OF_BODIES,
    ...(caller === undefined ? [] : [OF_CALLERS]),
    ...(caller === undefined || caller === 'credential' ? [] : [OF_SESSIONS]),
    OF_ALL,
  ];
  const codes = new Map<number, Set<string>>();
  for (const [status, added] of parts.flatMap((part) => Object.entries(part))) {
    codes.set(Number(status), new Set([...(codes.get(Number(status)) ?? []), ...added]));
  }
  return codes;
}

function modelsOf({ answers }: RouteDescription): Type[] {
  return Object.values(answers).flatMap(({ type }) =>
    type === undefined ? [] : typeof type === 'function' ? [type] : [type[0]],
  );
}

function securityOf({ caller }: RouteDescription): MethodDecorator[] {
  if (caller === undefined) return [];
  const schemes = Object.keys(SECURITY_SCHEMES).map((name) => ApiSecurity(name));
  return caller === 'anybody' ? [...schemes, ApiSecurity({})] : schemes;
}

function bodyOf({ body, form, caller }: RouteDescription): MethodDecorator[] {
  if (form !== undefined) return [ApiConsumes('application/x-www-form-urlencoded'), ApiBody({ type: form })];
  return body === undefined ? [] : [ApiBody({ type: body, required: caller !== 'anybody' })];
}
