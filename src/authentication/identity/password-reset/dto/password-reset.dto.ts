import { ConfirmationField, EmailField, MailedTokenField } from '../../../http/body/fields.js';
import { NewPasswordField } from '../../../passwords/password-fields.js';

export class SendPasswordResetDto {
  @EmailField()
  email!: string;
}

export class CompletePasswordResetDto {
  @MailedTokenField()
  token!: string;

  @NewPasswordField()
  password!: string;

  @ConfirmationField('password')
  password_confirmation!: string;
}
