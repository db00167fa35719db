import type { Server } from 'node:http';
import {
  Logger,
  type INestApplication,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type ValueProvider,
} from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Database } from '../authentication/core/database/database.js';
import { MailBacklog } from '../authentication/core/mail/mail-backlog.js';
import { PasswordHasher } from '../authentication/core/passwords/password-hasher.js';
import { ThrottleStorage } from '../authentication/http/throttling/throttle-storage.js';
import { AuthenticationCounters } from './authentication-counters.js';
import { MetricsListener } from './metrics-listener.js';
import { RequestDurations } from './request-durations.js';
import { registerStateGauges } from './state-gauges.js';

/** All metrics of the server, and the listener that shows them. Loaded only with METRICS_PORT. */
export class Metrics implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly registry = new Registry();
  readonly authentication = new AuthenticationCounters(this.registry);
  private readonly logger = new Logger(Metrics.name);
  private readonly requests = new RequestDurations(this.registry);
  private readonly listener = new MetricsListener(this.registry);
  private address = '';

  constructor(private readonly at: { readonly host: string; readonly port: number }) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** For the root module: Nest starts and stops the listener with the application. */
  get provider(): ValueProvider<Metrics> {
    return { provide: Metrics, useValue: this };
  }

  /** Where the metrics are, once the application has started. */
  get url(): string {
    return this.address;
  }

  /** Call it before `init()`. */
  observe(application: INestApplication<Server>): void {
    this.requests.observe(application);
    registerStateGauges(this.registry, {
      hasher: application.get(PasswordHasher, { strict: false }),
      database: application.get(Database, { strict: false }),
      throttles: application.get(ThrottleStorage, { strict: false }),
      mails: application.get(MailBacklog, { strict: false }),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.address = await this.listener.listen(this.at.host, this.at.port);
    this.logger.log({ event: 'metrics_listening', url: this.address });
  }

  /** Last: a scrape still shows what happens while the server stops. */
  onApplicationShutdown(): void {
    this.listener.close();
  }
}
