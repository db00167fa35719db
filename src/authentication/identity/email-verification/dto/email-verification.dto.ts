import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { EmailField, SecretField } from '../../../http/body/fields.js';

export class SendEmailVerificationDto {
  // Empty counts as absent.
  @Transform(({ value }: { value: unknown }) => (value === '' ? null : value))
  @IsOptional()
  @ApiPropertyOptional({ description: 'whom to mail, when nobody is signed in', nullable: true })
  @EmailField()
  email?: string | null;
}

export class ConfirmEmailDto {
  @EmailField()
  email!: string;

  @SecretField()
  token!: string;
}
