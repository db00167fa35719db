import { SecretField } from '../../../../http/body/fields.js';

export class IssueDeviceTokenDto {
  @SecretField()
  current_password!: string;
}
