import { SecretField } from '../../../../http/body/fields.js';

export class ClaimPairingDto {
  /** in any case */
  @SecretField()
  code!: string;
}
