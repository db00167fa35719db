import type { Text } from '../../core/texts/sentence.js';
import { messagePage, type Page } from '../../http/pages/page.js';
import type { passwordlessEn } from './passwordless.en.js';

export function goBackPage(text: Text<typeof passwordlessEn>): Page {
  return messagePage(text('passwordless.page.title'), [
    text('passwordless.page.text'),
    text('passwordless.page.nothing_happened'),
  ]);
}
