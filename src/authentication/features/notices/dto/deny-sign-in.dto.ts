import { SecretField } from '../../../http/body/fields.js';

export class DenySignInDto {
  @SecretField()
  token!: string;
}
