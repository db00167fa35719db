/** What a page says of a password that was found in a data breach. */
export const pwnedEn = {
  'pwned.fault': 'This was found in a data breach: choose another one.',
} as const;
