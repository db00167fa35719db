import { applyDecorators, Controller, Header, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { GUARDED } from '../openapi/guarded.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import { Public } from './public.js';
import { RequestGuard } from './request.guard.js';

/** A controller of ours: its failures are problems, its answers are not kept, its bodies are JSON. */
export function AuthenticationController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller(path),
    UseFilters(ProblemFilter),
    UseGuards(RequestGuard),
    Public(),
    EveryRoute(Header('Cache-Control', 'no-store'), ApiExtension(GUARDED, true)),
  );
}

/** Of a header on every route, for one: an interceptor would cost each request its observables. */
function EveryRoute(...decorators: readonly MethodDecorator[]): ClassDecorator {
  return (target) => {
    const prototype = target.prototype as object;
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === 'constructor') continue;
      for (const decorate of decorators) decorate(prototype, name, descriptor);
    }
  };
}
