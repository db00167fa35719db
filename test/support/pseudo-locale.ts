import type { Mail } from '../../src/authentication/core/mail/mail.js';
import type { Locales } from '../../src/authentication/core/texts/locales.js';
import type { Catalog, PluralForms, Sentence } from '../../src/authentication/core/texts/sentence.js';
import { readable, sourceOf } from './texts.js';

/** The language tag that marks the pseudo-locale "accented English" in browsers and in the CLDR. */
export const PSEUDO = 'en-XA';

/** A language whose sentences have marks around them. Words outside of the marks did not come from a texts file. */
export function pseudoLocale(...files: Catalog[]): Locales {
  return { [PSEUDO]: files.map(marked) };
}

function marked(file: Catalog): Catalog {
  return Object.fromEntries(Object.entries(file).map(([name, sentence]) => [name, markedSentence(sentence)]));
}

function markedSentence(sentence: Sentence): Sentence {
  const mark = (text: string): string => `⟦${text}⟧`;
  if (typeof sentence === 'string') return mark(sentence);
  const forms = Object.entries<string>({ ...sentence }).map(([form, text]): [string, string] => [
    form,
    mark(text),
  ]);
  return { ...sentence, ...(Object.fromEntries(forms) as Partial<PluralForms>) };
}

/** Collects the pages and mails that a spec reads in the pseudo-locale. */
export class Reading {
  private readonly texts: string[] = [];

  /** The words of a page that are outside of marks. @param values expected ones: names, addresses, codes */
  strayInPage(html: string, ...values: readonly string[]): string {
    return this.stray(readable(html), values);
  }

  /** The words of a mail that are outside of marks: in the subject, the text and the HTML. Links are expected. */
  strayInMail({ to, subject, text, html }: Mail, ...values: readonly string[]): string {
    const links = text.match(/https?:\/\/\S+/g) ?? [];
    // A colon stands before the link in the text form.
    const expected = [to, ...links, ...values, ':'];
    return this.stray([subject, text, readable(html)].join('\n'), expected);
  }

  /** The names of the sentences that were in no page or mail. */
  unsaid(file: Catalog): string[] {
    return Object.entries(file)
      .filter(([, sentence]) => !formsOf(sentence).some((form) => this.texts.some((text) => form.test(text))))
      .map(([name]) => name);
  }

  private stray(text: string, values: readonly string[]): string {
    this.texts.push(text.replace(/\s+/g, ' '));
    return values
      .reduce((rest, value) => rest.split(value).join(' '), outsideOfMarks(text))
      .replace(/[\s–-]+/g, ' ')
      .trim();
  }
}

/** A value inside of a sentence can be a sentence itself. */
function outsideOfMarks(text: string): string {
  let [depth, outside] = [0, ''];
  for (const character of text) {
    if (character === '⟦') depth += 1;
    if (depth === 0) outside += character;
    if (character === '⟧') depth -= 1;
  }
  return outside;
}

function formsOf(sentence: Sentence): RegExp[] {
  const forms = typeof sentence === 'string' ? [sentence] : Object.values<string>({ ...sentence });
  return forms.map((form) => new RegExp(`⟦${sourceOf(form)}⟧`));
}
