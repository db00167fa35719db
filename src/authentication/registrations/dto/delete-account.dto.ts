import { SecretField } from '../../requests/fields.js';

export class DeleteAccountDto {
  @SecretField()
  current_password!: string;
}
