import { SecretField } from '../../../../http/body/fields.js';

export class ClaimPairingDto {
  /** in upper or lower case, with or without spaces and dashes */
  @SecretField()
  code!: string;
}
