import { SecretField } from '../../http/body/fields.js';

export class DeleteAccountDto {
  @SecretField()
  current_password!: string;
}
