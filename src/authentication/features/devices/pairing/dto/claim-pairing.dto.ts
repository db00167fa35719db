import { SecretField } from '../../../../http/body/fields.js';

export class ClaimPairingDto {
  /** in upper or lower case */
  @SecretField()
  code!: string;
}
