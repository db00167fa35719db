import { ApiProperty } from '@nestjs/swagger';
import { SecretField } from '../../../http/body/fields.js';

export class TwoFactorPasswordDto {
  @SecretField()
  current_password!: string;
}

export class ConfirmTotpDto {
  @SecretField()
  @ApiProperty({ description: 'the code that the authenticator app shows', example: '492039' })
  code!: string;
}

export class AnswerChallengeDto {
  @SecretField()
  challenge_token!: string;

  @SecretField()
  code!: string;
}
