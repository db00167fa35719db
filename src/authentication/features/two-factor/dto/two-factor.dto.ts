import { IsOptional } from 'class-validator';
import { ApiProperty, ApiPropertyOptional } from '../../../core/openapi/annotations.js';
import { SecretField } from '../../../http/body/fields.js';

const CODE = 'a code of the authenticator app, or a recovery code';

export class TwoFactorPasswordDto {
  @SecretField()
  current_password!: string;
}

/** A change for which the password alone is not enough. */
export class ChangeFactorDto {
  @SecretField()
  current_password!: string;

  @SecretField()
  @ApiProperty({ description: CODE, example: '492039' })
  code!: string;
}

export class RemoveTotpDto {
  @SecretField()
  current_password!: string;

  @IsOptional()
  @SecretField()
  @ApiPropertyOptional({
    description: `${CODE}; not needed for a secret that is not on yet`,
    nullable: true,
    example: '492039',
  })
  code?: string | null;
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
