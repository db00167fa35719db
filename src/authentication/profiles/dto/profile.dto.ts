import { IsOptional } from 'class-validator';
import { NameField, UsernameField } from '../profile-fields.js';

/** For `PATCH /profile` and `POST /sign_up` alike. */
export class ProfileDto {
  @IsOptional()
  @NameField({ example: 'Ada' })
  first_name?: string | null;

  @IsOptional()
  @NameField({ example: 'Lovelace' })
  last_name?: string | null;

  @IsOptional()
  @UsernameField()
  username?: string | null;
}
