import { ApplicationNameField, ExpiryField, Omissible } from './application-fields.js';

export class CreateApplicationDto {
  @ApplicationNameField({ required: true })
  name!: string;

  @Omissible()
  @ExpiryField()
  expires_at?: string;
}

export class UpdateApplicationDto {
  @Omissible()
  @ApplicationNameField({ required: false })
  name?: string;

  @Omissible()
  @ExpiryField()
  expires_at?: string;
}
