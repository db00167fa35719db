import { Get, Post } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { User } from '../../core/users/user.entity.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession, CurrentUser } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { ChangeFactorDto } from './dto/two-factor.dto.js';
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
  @Throttled('token')
  async create(
    @JsonBody() body: ChangeFactorDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
  ): Promise<RecoveryCodesView> {
    return { recovery_codes: await this.codes.renew(caller, body, client) };
  }
}
