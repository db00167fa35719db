import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AuthenticationModule } from './authentication/authentication.module.js';
import type { OwnParts } from './authentication/authentication.options.js';
import type { DatabaseConnection } from './authentication/core/database/data-source.js';
import type { ServerSettings } from './config/settings.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';

const HOST = [HealthModule, DocsModule];

@Module({})
export class AppModule {
  static with(
    { authentication }: ServerSettings,
    database: DatabaseConnection,
    parts: OwnParts,
    providers: Provider[] = [],
  ): DynamicModule {
    return {
      module: AppModule,
      providers,
      imports: [
        AuthenticationModule.forRoot({ settings: authentication, database, openApi: 'on_demand', ...parts }),
        ...HOST,
        RouterModule.register(HOST.map((module) => ({ path: authentication.routePrefix, module }))),
      ],
    };
  }
}
