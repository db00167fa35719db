import { ApiParam } from '../../core/openapi/annotations.js';

/** Documents an id in the path that `@IdParameter()` reads. */
export const IdParam = (name = 'id'): MethodDecorator =>
  ApiParam({ name, schema: { type: 'integer', minimum: 1 } });
