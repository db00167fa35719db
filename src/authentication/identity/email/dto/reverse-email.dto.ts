import { SecretField } from '../../../http/body/fields.js';

export class ReverseEmailDto {
  @SecretField()
  token!: string;
}
