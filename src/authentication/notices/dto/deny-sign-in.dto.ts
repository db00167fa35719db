import { SecretField } from '../../requests/fields.js';

export class DenySignInDto {
  @SecretField()
  token!: string;
}
