import { messagePage, type Page } from '../../http/pages/page.js';

export function goBackPage(): Page {
  return messagePage('Go back to the app', [
    'Type the code from the same mail there. It works once, for 10 minutes.',
    'Opening this page signed nobody in.',
  ]);
}
