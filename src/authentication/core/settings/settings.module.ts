import { Inject, Module, type DynamicModule } from '@nestjs/common';
import type { AuthenticationSettings } from './authentication.settings.js';

export const SETTINGS = Symbol('authentication settings');

/** Injects the settings of this module. */
export const Settings = (): ParameterDecorator => Inject(SETTINGS);

@Module({})
export class SettingsModule {
  static with(settings: AuthenticationSettings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [{ provide: SETTINGS, useValue: settings }],
      exports: [SETTINGS],
    };
  }
}
