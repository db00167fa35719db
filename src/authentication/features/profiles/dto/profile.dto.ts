import { IsOptional } from 'class-validator';
import { PersonNameField, UsernameField } from '../profile-fields.js';

/** Fields that `POST /sign_up` always accepts: any number of users may have the same names. */
export class PersonNamesDto {
  @IsOptional()
  @PersonNameField({ example: 'Ada' })
  first_name?: string | null;

  @IsOptional()
  @PersonNameField({ example: 'Lovelace' })
  last_name?: string | null;
}

/** The fields of `PATCH /profile`, and of `POST /sign_up` unless accounts are concealed. */
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
