import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import {
  BodyExtensions,
  type BodyClass,
  type BodyExtension,
  type ExtensionSubject,
  type ExtraFields,
} from '../../http/body/body-extensions.js';
import { SignUpDto } from '../../registrations/dto/sign-up.dto.js';
import { PersonNamesDto, ProfileDto } from './dto/profile.dto.js';
import { Profile } from './profile.entity.js';
import { ProfilesService } from './profiles.service.js';

/** Adds the fields of a profile to `POST /sign_up`. With a taken username the whole sign-up is undone. */
@Injectable()
export class SignUpProfile implements BodyExtension, OnModuleInit {
  /** A username that is still free after the sign-up would tell that the address was taken, so it is no field then. */
  readonly fields: BodyClass;

  constructor(
    private readonly extensions: BodyExtensions,
    private readonly profiles: ProfilesService,
    @Settings() { concealAccounts }: AuthenticationSettings,
  ) {
    this.fields = concealAccounts ? PersonNamesDto : ProfileDto;
  }

  onModuleInit(): void {
    this.extensions.extend(SignUpDto, this);
  }

  async apply(values: ExtraFields, { user }: ExtensionSubject, manager: EntityManager): Promise<void> {
    const profile = Profile.emptyOf(user);
    profile.change(values);
    if (!profile.isEmpty) await this.profiles.keep(profile, manager);
  }
}
