import { pastedToken, typedCode } from '../../../../src/authentication/core/unicode/typed.js';

const TOKEN = '0J3p-_Qx7v9kYbW2sT4uR6nM8cL1aZ5eD3fG7hK9jXo';

describe('a code that a person types', () => {
  it('is read without what keyboards, phones and word processors put into it', () => {
    for (const [typed, code] of [
      ['492 039', '492039'],
      [' 492039\n', '492039'],
      ['492-039', '492039'],
      ['492\u2013039', '492039'],
      ['492\u2014039', '492039'],
      ['492\u2011039', '492039'],
      ['492\ufe63039', '492039'],
      ['492\uff0d039', '492039'],
      ['492\u00a0039', '492039'],
      ['492\u3000039', '492039'],
      ['\u200b492\u200d039\ufeff', '492039'],
      ['\u202a492039\u202c', '492039'],
      ['492\u00ad039', '492039'],
      ['492039\ufe0f', '492039'],
      ['４９２０３９', '492039'],
      ['𝟰𝟵𝟮𝟬𝟯𝟵', '492039'],
      ['ａＢ３', 'aB3'],
    ] as const) {
      expect([typed, typedCode(typed)]).toEqual([typed, code]);
    }
  });

  it('keeps every other character, so that it is wrong', () => {
    for (const typed of ['492039x', '492.039', '492\u0000039', '٤٩٢٠٣٩', '492/039']) {
      expect(typedCode(typed)).toBe(typed);
    }
  });

  it('is none if it is too long for one', () => {
    expect(typedCode('1'.repeat(257))).toBe('');
    expect(typedCode('\u0301\u0316'.repeat(30_000))).toBe('');
  });
});

describe('a mailed token that a person pastes', () => {
  it('is read without white space and invisible characters around it', () => {
    for (const pasted of [
      `${TOKEN}\n`,
      `\r\n ${TOKEN}\t`,
      `\u00a0${TOKEN}\u3000`,
      `\u200b${TOKEN}\u200b`,
      `\ufeff${TOKEN}\u202c\u00ad`,
    ]) {
      expect(pastedToken(pasted)).toBe(TOKEN);
    }
  });

  it('keeps every other character', () => {
    for (const pasted of [
      `${TOKEN}.`,
      `${TOKEN}=`,
      `${TOKEN.slice(0, 20)} ${TOKEN.slice(20)}`,
      `"${TOKEN}"`,
    ]) {
      expect(pastedToken(pasted)).toBe(pasted);
    }
  });
});
