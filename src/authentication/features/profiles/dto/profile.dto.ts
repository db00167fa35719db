import { IsOptional } from 'class-validator';
import { PersonNameField, UsernameField } from '../profile-fields.js';

/** The fields of `PATCH /profile`, also accepted by `POST /sign_up`. */
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
