import { IsOptional } from 'class-validator';
import { PersonNameField, UsernameField } from '../profile-fields.js';

/** For `PATCH /profile` and `POST /sign_up` alike. */
export class ProfileDto {
  @IsOptional()
  @PersonNameField({ example: 'Ada' })
  first_name?: string | null;

  @IsOptional()
  @PersonNameField({ example: 'Lovelace' })
  last_name?: string | null;

  @IsOptional()
  @UsernameField()
  username?: string | null;
}
