import { Module, type DynamicModule } from '@nestjs/common';
import type { Locales } from './locales.js';
import { Texts } from './texts.js';

@Module({})
export class TextsModule {
  /** @throws SettingError for a key that is not a language tag */
  static of(locales: Locales): DynamicModule {
    const provider = { provide: Texts, useValue: new Texts(locales) };
    return { module: TextsModule, global: true, providers: [provider], exports: [Texts] };
  }
}
