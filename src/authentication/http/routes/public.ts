import { SetMetadata } from '@nestjs/common';

export const PUBLIC = Symbol('public');

/** With `protectAll`: a route, or a controller, that serves people who are not signed in. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);
