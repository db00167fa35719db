import { ConfirmationField, SecretField } from '../../http/body/fields.js';
import { NewPasswordField } from '../password-fields.js';

export class ChangePasswordDto {
  @SecretField()
  current_password!: string;

  @NewPasswordField()
  password!: string;

  @ConfirmationField('password')
  password_confirmation!: string;
}
