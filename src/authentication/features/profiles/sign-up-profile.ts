import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  BodyExtensions,
  type BodyExtension,
  type ExtensionSubject,
  type ExtraFields,
} from '../../http/body/body-extensions.js';
import { SignUpDto } from '../../registrations/dto/sign-up.dto.js';
import { ProfileDto } from './dto/profile.dto.js';
import { Profile } from './profile.entity.js';
import { ProfilesService } from './profiles.service.js';

/** Adds the fields of a profile to `POST /sign_up`. With a taken username the whole sign-up is undone. */
@Injectable()
export class SignUpProfile implements BodyExtension, OnModuleInit {
  readonly fields = ProfileDto;

  constructor(
    private readonly extensions: BodyExtensions,
    private readonly profiles: ProfilesService,
  ) {}

  onModuleInit(): void {
    this.extensions.extend(SignUpDto, this);
  }

  async check(values: ExtraFields, { user }: ExtensionSubject, manager: EntityManager): Promise<void> {
    const { username = null } = values as ProfileDto;
    if (username !== null) await this.profiles.assertFree(username, user.realm, manager);
  }

  async apply(values: ExtraFields, { user }: ExtensionSubject, manager: EntityManager): Promise<void> {
    const profile = Profile.emptyOf(user);
    profile.change(values);
    if (!profile.isEmpty) await this.profiles.keep(profile, manager);
  }
}
