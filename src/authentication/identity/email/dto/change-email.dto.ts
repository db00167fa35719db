import { EmailField, SecretField } from '../../../http/body/fields.js';

export class ChangeEmailDto {
  @SecretField()
  current_password!: string;

  @EmailField()
  email!: string;
}
