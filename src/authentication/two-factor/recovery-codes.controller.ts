import { Get, Post } from '@nestjs/common';
import { AuthenticationController, Authenticated } from '../requests/authentication-controller.js';
import { JsonBody } from '../requests/body.pipe.js';
import type { Client } from '../requests/client.js';
import { CurrentClient } from '../requests/parameters.js';
import { CurrentUser } from '../sessions/authentication.guard.js';
import type { User } from '../users/user.entity.js';
import { TwoFactorPasswordDto } from './dto/two-factor.dto.js';
import { RenewRecoveryCodesDocs, ShowRecoveryCodesDocs } from './recovery-codes.openapi.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import type { RecoveryCodesView, RemainingRecoveryCodesView } from './two-factor.view.js';

@AuthenticationController('two_factor_authentication/profile/recovery_codes')
@Authenticated()
export class RecoveryCodesController {
  constructor(private readonly codes: RecoveryCodesService) {}

  @Get()
  @ShowRecoveryCodesDocs()
  async show(@CurrentUser() user: User): Promise<RemainingRecoveryCodesView> {
    return { remaining: await this.codes.remaining(user) };
  }

  @Post()
  @RenewRecoveryCodesDocs()
  async create(
    @JsonBody() body: TwoFactorPasswordDto,
    @CurrentUser() user: User,
    @CurrentClient() client: Client,
  ): Promise<RecoveryCodesView> {
    return { recovery_codes: await this.codes.renew(user, body.current_password, client) };
  }
}
