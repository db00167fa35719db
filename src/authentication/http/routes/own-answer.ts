import 'reflect-metadata';
import { Res } from '@nestjs/common';
import { holdAnswer } from '../request/held-answer.js';
import type { HttpResponse } from '../request/http.js';

type Handler = (...args: unknown[]) => unknown;

/**
 * Sends what each route returns, whatever global interceptors of the host make of it: many wrap every answer, or keep it
 * for the next caller. They run around our own interceptors, so they get nothing to wrap or to keep.
 */
export function OwnAnswer(): ClassDecorator {
  return (target) => {
    const prototype = target.prototype as object;
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const handler = descriptor.value as Handler;
      // Nest's decorators of a method, such as @Get(), leave metadata on its function.
      if (name === 'constructor' || !Reflect.hasMetadata('path', handler)) continue;
      const { length } = Reflect.getMetadata('design:paramtypes', prototype, name) as readonly unknown[];
      Res({ passthrough: true })(prototype, name, length);
      Object.defineProperty(prototype, name, { ...descriptor, value: holding(handler, length) });
    }
  };
}

/** @param at the index of the argument that is the response; there is none if your code calls the method */
function holding(handler: Handler, at: number): Handler {
  const held = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const value = await handler.apply(this, args);
    const response = args[at] as HttpResponse | undefined;
    if (response === undefined) return value;
    holdAnswer(response, value);
    return undefined;
  };
  for (const key of Reflect.getMetadataKeys(handler) as string[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), held);
  return Object.defineProperty(held, 'name', { value: handler.name });
}
