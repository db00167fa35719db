import { NameField } from '../../../http/body/fields.js';

export class DeviceNameDto {
  @NameField({ example: 'Kitchen display' })
  name!: string;
}

export class GroupNameDto {
  @NameField({ example: 'HOME' })
  name!: string;
}
