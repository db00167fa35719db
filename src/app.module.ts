import { Module, type DynamicModule } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AuthenticationModule } from './authentication/authentication.module.js';
import type { DatabaseConnection } from './authentication/database/data-source.js';
import type { ServerSettings } from './config/settings.js';
import { HealthModule } from './health/health.module.js';

@Module({})
export class AppModule {
  static with({ authentication }: ServerSettings, database: DatabaseConnection): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AuthenticationModule.with({ settings: authentication, database }),
        HealthModule,
        RouterModule.register([{ path: authentication.routePrefix, module: HealthModule }]),
      ],
    };
  }
}
