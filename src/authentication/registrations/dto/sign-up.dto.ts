import { OpenBody } from '../../http/body/body-extensions.js';
import { ConfirmationField, EmailField } from '../../http/body/fields.js';
import { NewPasswordField } from '../../passwords/password-fields.js';

export class SignUpDto extends OpenBody {
  @EmailField()
  email!: string;

  @NewPasswordField()
  password!: string;

  @ConfirmationField('password')
  password_confirmation!: string;
}
