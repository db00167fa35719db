import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { FieldRule } from '../../requests/fields.js';

/** code points */
const MAX_LENGTH = 100;

/** What people call a device or a group: trimmed, and composed alike whatever keyboard wrote it. */
function NameField(example: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: 1, maxLength: MAX_LENGTH, example }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.trim().normalize() : value,
    ),
    FieldRule((value) => {
      if (typeof value !== 'string') return 'invalid';
      if (value === '') return 'too_short';
      return [...value].length > MAX_LENGTH ? 'too_long' : null;
    }),
  );
}

export class DeviceNameDto {
  @NameField('Kitchen display')
  name!: string;
}

export class GroupNameDto {
  @NameField('HOME')
  name!: string;
}
