import { ExpiryField, NameField, Omissible } from './application-fields.js';

export class CreateApplicationDto {
  @NameField({ required: true })
  name!: string;

  @Omissible()
  @ExpiryField()
  expires_at?: string;
}

export class UpdateApplicationDto {
  @Omissible()
  @NameField({ required: false })
  name?: string;

  @Omissible()
  @ExpiryField()
  expires_at?: string;
}
