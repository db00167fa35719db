import { IsBoolean } from 'class-validator';
import { ApiProperty } from '../../../core/openapi/annotations.js';
import { Omissible } from './application-fields.js';

export class ReplaceApiKeyDto {
  @Omissible()
  @IsBoolean()
  @ApiProperty({ required: false, default: false, description: 'whether every older key ends at once' })
  revoke?: boolean;
}
