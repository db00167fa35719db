/** The plural forms of a sentence, by the categories of the Unicode CLDR; the value `count` chooses the form. */
export interface PluralForms {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

/** A sentence of a page or a mail. `{name}` stands for a value. */
export type Sentence = string | PluralForms;

/** The sentences of one file, by name. A name may be used in one file only. */
export type Catalog = Readonly<Record<string, Sentence>>;

/** The same file in another language. A sentence that it lacks is taken from the English file. */
export type Translation<C extends Catalog> = {
  readonly [Name in keyof C]?: C[Name] extends string ? string : PluralForms;
};

export type Value = string | number;

type Placeholder<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;

type ValueNames<S> = S extends PluralForms ? Placeholder<S[keyof S]> | 'count' : Placeholder<S>;

/** The values that a sentence takes: none, or an object with all of its placeholders. */
export type ValuesOf<S> = [ValueNames<S>] extends [never]
  ? []
  : [values: { readonly [Name in ValueNames<S>]: Name extends 'count' ? number : Value }];

/** Returns a sentence of one file in one language. The compiler checks the name and the values. */
export type Text<C extends Catalog> = <Name extends keyof C & string>(
  name: Name,
  ...values: ValuesOf<C[Name]>
) => string;

/** Puts values into a sentence. Placeholders inside a value stay as they are, since users write some values. */
export function filled(sentence: Sentence, values: Readonly<Record<string, Value>>, locale: string): string {
  return formOf(sentence, values, locale).replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.prototype.hasOwnProperty.call(values, name) ? String(values[name]) : placeholder,
  );
}

function formOf(sentence: Sentence, values: Readonly<Record<string, Value>>, locale: string): string {
  if (typeof sentence === 'string') return sentence;
  return sentence[new Intl.PluralRules(locale).select(Number(values['count']))] ?? sentence.other;
}
