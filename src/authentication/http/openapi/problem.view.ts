import { ApiProperty } from '../../core/openapi/annotations.js';
import { FIELD_CODES } from '../../core/problems/problems.js';

/** What is wrong with one field of a body. */
class FieldErrorView {
  @ApiProperty({ example: 'email' })
  field!: string;

  @ApiProperty({ enum: FIELD_CODES })
  code!: string;

  @ApiProperty({ example: 'is required' })
  detail!: string;
}

/** A failure (RFC 9457). */
export class ProblemView {
  @ApiProperty({ format: 'uri', example: 'urn:authentication:problem:not_found' })
  type!: string;

  @ApiProperty({ example: 'Not found' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 404 })
  status!: number;

  @ApiProperty({ description: 'An explanation for people.', example: 'There is nothing here.' })
  detail!: string;

  @ApiProperty({ description: 'A name of the failure for programs. It never changes.', example: 'not_found' })
  code!: string;

  @ApiProperty({
    type: [FieldErrorView],
    required: false,
    description: 'With 422: every field that is wrong.',
  })
  errors?: FieldErrorView[];
}
