import { IsOptional } from 'class-validator';
import { EmailField, SecretField } from '../../../requests/fields.js';

export class SendEmailVerificationDto {
  /** whom to mail, when nobody is signed in */
  @IsOptional()
  @EmailField()
  email?: string | null;
}

export class ConfirmEmailDto {
  @EmailField()
  email!: string;

  @SecretField()
  token!: string;
}
