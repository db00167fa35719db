/** Characters that show nothing, such as zero-width spaces, marks of the text direction and soft hyphens. */
const INVISIBLE = String.raw`\p{Cf}\p{Default_Ignorable_Code_Point}`;
const INSIDE_A_CODE = new RegExp(String.raw`[\s\p{Pd}${INVISIBLE}]`, 'gu');
const AROUND_A_TOKEN = new RegExp(String.raw`^[\s${INVISIBLE}]+|[\s${INVISIBLE}]+$`, 'gu');

/** In UTF-16 units. Our longest code has 17 with its dashes, our tokens have 43 characters. */
const LONGEST = 256;

/**
 * A code as the person meant it. Full-width digits, which Japanese keyboards type, become digits (NFKC). Spaces, dashes
 * (phones and word processors make them longer) and invisible characters are dropped. Upper and lower case stay.
 * @returns '' for a text that is too long for a code
 */
export function typedCode(text: string): string {
  return text.length > LONGEST ? '' : text.normalize('NFKC').replace(INSIDE_A_CODE, '');
}

/** A mailed token without the white space and the invisible characters that were copied with it. */
export function pastedToken(text: string): string {
  return text.length > LONGEST ? text : text.replace(AROUND_A_TOKEN, '');
}
