import { Post, Put, Res } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { Realm } from '../../core/realms/realm.js';
import { JsonBody } from '../../http/body/body.pipe.js';
import type { HttpResponse } from '../../http/request/http.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { CurrentClient, CurrentRealm } from '../../http/routes/parameters.js';
import { Throttled } from '../../http/throttling/throttle.guard.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentSession } from '../../sessions/authentication.guard.js';
import type { Caller } from '../../sessions/caller.js';
import { SessionAnswers } from '../../sessions/session-answers.js';
import { ConfirmTotpDto, TwoFactorPasswordDto } from './dto/two-factor.dto.js';
import { BeginTotpDocs, ConfirmTotpDocs } from './totp.openapi.js';
import { TotpService } from './totp.service.js';
import type { RecoveryCodesView, TotpSetUpView } from './two-factor.view.js';

/** Sets up the authenticator app: gives a secret, then takes a code that proves that the app has it. */
@AuthenticationController('two_factor_authentication/profile/totp')
@Authenticated()
export class TotpSetUpController {
  constructor(
    private readonly totp: TotpService,
    private readonly answers: SessionAnswers,
  ) {}

  @Post()
  @BeginTotpDocs()
  create(
    @JsonBody() body: TwoFactorPasswordDto,
    @CurrentSession() caller: Caller,
    @CurrentRealm() realm: Realm,
    @CurrentClient() client: Client,
  ): Promise<TotpSetUpView> {
    return this.totp.begin(caller, body.current_password, realm, client);
  }

  @Put()
  @ConfirmTotpDocs()
  @Throttled('token')
  async update(
    @JsonBody() { code }: ConfirmTotpDto,
    @CurrentSession() caller: Caller,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<RecoveryCodesView> {
    const { token, codes } = await this.totp.confirm(caller, code, client);
    this.answers.bear(token, response);
    return { recovery_codes: codes };
  }
}
