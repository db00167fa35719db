import { SecretField } from '../../requests/fields.js';

export class EnterSudoDto {
  @SecretField()
  current_password!: string;
}
