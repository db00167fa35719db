import { SecretField } from '../../../http/body/fields.js';

export class EnterSudoDto {
  @SecretField()
  current_password!: string;
}
