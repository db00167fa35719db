import type { ExecutionContext } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';

export type RouteDecorator = ClassDecorator & MethodDecorator;

export const ROUTE_DECORATORS = Symbol('route decorators');
export const AUTHENTICATION_CONTROLLER = Symbol('authentication controller');

/** Whether a route is one of ours, for guards and interceptors of the host that run on every route. */
export function isAuthenticationRoute(context: Pick<ExecutionContext, 'getClass'>): boolean {
  return isOurs(context.getClass());
}

/** Puts decorators of the host on our controllers and on each of their routes, since a guard may look at either. */
export function decorateRoutes(discovery: DiscoveryService, decorators: readonly RouteDecorator[]): void {
  for (const { metatype } of discovery.getControllers()) {
    if (typeof metatype !== 'function' || !isOurs(metatype)) continue;
    for (const decorate of decorators) {
      decorate(metatype);
      decorateMethods(metatype.prototype as object, decorate);
    }
  }
}

function decorateMethods(prototype: object, decorate: RouteDecorator): void {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name !== 'constructor') decorate(prototype, name, descriptor);
  }
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Nest's own type of a class in a context
function isOurs(controller: Function): boolean {
  return Reflect.getMetadata(AUTHENTICATION_CONTROLLER, controller) === true;
}
