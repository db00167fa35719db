import { Allow } from 'class-validator';
import { ApiPropertyOptional } from '../../core/openapi/annotations.js';
import { OpenBody } from '../../http/body/body-extensions.js';
import { EmailField, SecretField } from '../../http/body/fields.js';

export class SignInDto extends OpenBody {
  @EmailField()
  email!: string;

  @SecretField()
  password!: string;

  /** ignored; clients of authentication-zero send it */
  @Allow()
  @ApiPropertyOptional({ type: 'string', deprecated: true, description: 'ignored' })
  password_confirmation?: unknown;
}
