import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MailModule } from '../core/mail/mail.module.js';
import { BodyExtensions } from './body/body-extensions.js';
import { BodyPipe } from './body/body.pipe.js';
import { RequestClients } from './client/request-clients.js';
import { MailboxController } from './mailbox/mailbox.controller.js';
import { PageFilter } from './pages/page.filter.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { RequestRealms } from './realm/request-realms.js';
import { RequestGuard } from './routes/request.guard.js';
import { ThrottleBudgets } from './throttling/throttle-budgets.js';
import { ThrottleStorage } from './throttling/throttle-storage.js';
import { ThrottleGuard } from './throttling/throttle.guard.js';

const PARTS = [
  BodyExtensions,
  BodyPipe,
  RequestClients,
  PageFilter,
  ProblemFilter,
  RequestGuard,
  RequestRealms,
  ThrottleBudgets,
  ThrottleGuard,
  ThrottleStorage,
];

/** Providers that all our routes use. It is global in Nest, but adds nothing to the routes of the host. */
@Global()
@Module({
  imports: [DiscoveryModule, MailModule],
  controllers: [MailboxController],
  providers: PARTS,
  exports: PARTS,
})
export class HttpModule {}
