import { ApiParam } from '@nestjs/swagger';

/** A path's id, as `@IdParameter()` reads it. */
export const IdParam = (name = 'id'): MethodDecorator =>
  ApiParam({ name, schema: { type: 'integer', minimum: 1 } });
