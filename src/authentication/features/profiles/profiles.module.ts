import { Module } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { addFields, type DocumentSettings } from '../../http/openapi/document.js';
import { SignUpDto } from '../../registrations/dto/sign-up.dto.js';
import { ProfileDto } from './dto/profile.dto.js';
import { CreateProfiles1795000900000 } from './migrations/1795000900000-create-profiles.js';
import { Profile } from './profile.entity.js';
import { ProfilesController } from './profiles.controller.js';
import { ProfilesService } from './profiles.service.js';
import { SignUpProfile } from './sign-up-profile.js';

@Module({
  controllers: [ProfilesController],
  providers: [ProfilesService, SignUpProfile],
})
export class ProfilesModule {
  static readonly entities = [Profile];
  static readonly migrations = [CreateProfiles1795000900000];

  static describe(document: OpenAPIObject, { concealAccounts }: DocumentSettings): void {
    addFields(document, SignUpDto, ProfileDto, concealAccounts ? ['username'] : []);
  }
}
