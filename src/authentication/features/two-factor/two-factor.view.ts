import { ApiProperty } from '../../core/openapi/annotations.js';

/** What a user needs to set up an authenticator app. */
export class TotpSetUpView {
  @ApiProperty({ description: 'the secret to type into the app (base32)' })
  secret!: string;

  @ApiProperty({ format: 'uri', example: 'otpauth://totp/Acme:ada%40example.com?issuer=Acme&secret=…' })
  otpauth_url!: string;

  @ApiProperty({ description: 'an SVG as a data URI, for the `src` of an image' })
  qr_code!: string;
}

/** The only answer that shows the recovery codes. */
export class RecoveryCodesView {
  @ApiProperty({ type: [String], minItems: 10, maxItems: 10, example: ['7k2mq-x0d4e-9ryat'] })
  recovery_codes!: string[];
}

export class RemainingRecoveryCodesView {
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 10 })
  remaining!: number;
}
