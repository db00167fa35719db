import { EmailField, SecretField } from '../../../requests/fields.js';

export class ChangeEmailDto {
  @SecretField()
  current_password!: string;

  @EmailField()
  email!: string;
}
