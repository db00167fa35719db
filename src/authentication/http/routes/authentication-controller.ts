import {
  applyDecorators,
  Controller,
  Header,
  SetMetadata,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApiExtension } from '../../core/openapi/annotations.js';
import { GUARDED } from '../openapi/guarded.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { OwnAnswer } from './own-answer.js';
import { Public } from './public.js';
import { RequestGuard } from './request.guard.js';
import { AUTHENTICATION_CONTROLLER } from './route-decorators.js';

/**
 * For our controllers: failures are answered as problems, answers are not cached, and bodies must be JSON. Versions and
 * interceptors of the host change neither paths nor answers.
 */
export function AuthenticationController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller({ path, version: VERSION_NEUTRAL }),
    SetMetadata(AUTHENTICATION_CONTROLLER, true),
    UseFilters(ProblemFilter),
    UseGuards(RequestGuard),
    Public(),
    EveryRoute(Header('Cache-Control', 'no-store'), ApiExtension(GUARDED, true)),
    OwnAnswer(),
  );
}

/** Applies decorators to every route. An interceptor would be slower: it creates observables for each request. */
function EveryRoute(...decorators: readonly MethodDecorator[]): ClassDecorator {
  return (target) => {
    const prototype = target.prototype as object;
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === 'constructor') continue;
      for (const decorate of decorators) decorate(prototype, name, descriptor);
    }
  };
}
