import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { ApiPropertyOptional } from '../../../core/openapi/annotations.js';
import { EmailField, MailedTokenField } from '../../../http/body/fields.js';

export class SendEmailVerificationDto {
  // An empty string counts as absent.
  @Transform(({ value }: { value: unknown }) => (value === '' ? null : value))
  @IsOptional()
  @ApiPropertyOptional({ description: 'the address to mail; required without a session', nullable: true })
  @EmailField()
  email?: string | null;
}

export class ConfirmEmailDto {
  @EmailField()
  email!: string;

  @MailedTokenField()
  token!: string;
}
