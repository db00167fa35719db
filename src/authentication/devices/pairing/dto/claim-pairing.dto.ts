import { SecretField } from '../../../requests/fields.js';

export class ClaimPairingDto {
  /** in any case */
  @SecretField()
  code!: string;
}
