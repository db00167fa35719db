import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { Omissible } from './application-fields.js';

export class ReplaceApiKeyDto {
  @Omissible()
  @IsBoolean()
  @ApiProperty({ required: false, default: false, description: 'whether every older key ends at once' })
  revoke?: boolean;
}
