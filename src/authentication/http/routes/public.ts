import { SetMetadata } from '@nestjs/common';

export const PUBLIC = Symbol('public');

/** Marks a route or a controller that needs no sign-in even with `protectAll`. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);
