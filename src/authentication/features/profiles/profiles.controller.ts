import { Get, Patch, UseGuards } from '@nestjs/common';
import type { User } from '../../core/users/user.entity.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { AuthenticationGuard, CurrentSession, CurrentUser } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { ProfileDto } from './dto/profile.dto.js';
import { profileView, type ProfileView } from './profile.view.js';
import { ChangeProfileDocs, ShowProfileDocs } from './profiles.openapi.js';
import { ProfilesService } from './profiles.service.js';

@AuthenticationController('profile')
export class ProfilesController {
  constructor(private readonly profiles: ProfilesService) {}

  @Get()
  @ShowProfileDocs()
  @UseGuards(AuthenticationGuard)
  async show(@CurrentUser() user: User): Promise<ProfileView> {
    return profileView(await this.profiles.find(user));
  }

  @Patch()
  @ChangeProfileDocs()
  @Authenticated()
  async update(@JsonBody() body: ProfileDto, @CurrentSession() caller: Caller): Promise<ProfileView> {
    return profileView(await this.profiles.change(caller, body));
  }
}
