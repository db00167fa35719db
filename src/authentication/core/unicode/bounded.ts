/** A character that NFC writes as one code point has up to four when it is decomposed (Unicode, UAX #15, section 12). */
const DECOMPOSED = 4;

/** Whether a text has at most so many code points. Looks at no more of a text than that. */
export function isWithin(text: string, codePoints: number): boolean {
  return text.length <= codePoints || (text.length <= 2 * codePoints && [...text].length <= codePoints);
}

/**
 * Normalises a text, unless it is too long: the time for that grows with the square of the length. 30,000 combining
 * marks, which fit into one body, took up to 2.4 seconds, in which the server answered nobody.
 * @returns null for a text with more code points, or that cannot have fewer once it is normalised
 */
export function normalized(text: string, codePoints: number, form: 'NFC' | 'NFKC' = 'NFC'): string | null {
  if (text.length > DECOMPOSED * codePoints) return null;
  const normal = text.normalize(form);
  return isWithin(normal, codePoints) ? normal : null;
}
