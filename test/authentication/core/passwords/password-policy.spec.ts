import fc from 'fast-check';
import {
  loadCommonPasswords,
  normalizedPassword,
  passwordFault,
  PASSWORD_MAX_LENGTH,
} from '../../../../src/authentication/core/passwords/password-policy.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { RESET_MAIL } from '../../../support/texts.js';

const EMAIL = 'ada.lovelace@example.com';

describe('the password policy', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  /** The code on `password` when a user signs up with it, or null. */
  const fault = async (password: string, email = EMAIL): Promise<string | null> => {
    const { status, body } = await app.anonymous
      .post('/sign_up')
      .send({ email, password, password_confirmation: password });
    const { errors = [] } = body as { errors?: { field: string; code: string }[] };
    const found = errors.find(({ field }) => field === 'password')?.code ?? null;
    if (found === null) expect([password, 201]).toEqual([password, status]);
    return found;
  };

  it('counts code points (ASVS 6.2.1)', async () => {
    expect(await fault('🐎🔋📎🍏🌵🚲🎈🧭🛶🪁🧊🎲🪐🦊', app.newEmail())).toBe('too_short');
    expect(await fault('🐎🔋📎🍏🌵🚲🎈🧭🛶🪁🧊🎲🪐🦊🦉', app.newEmail())).toBeNull();
  });

  it('counts the code points of the composed form (NFC)', async () => {
    const composed = 'é'.normalize('NFD');
    expect([...composed]).toHaveLength(2);
    expect(await fault(`${composed.repeat(3)}abcdefghijk`, app.newEmail())).toBe('too_short');
    expect(await fault(`${composed.repeat(3)}ab-defghijk-`, app.newEmail())).toBeNull();
  });

  it('accepts 64, 128 and 256 characters, and refuses more instead of cutting them (ASVS 6.2.9)', async () => {
    const long = 'The quick brown fox jumps over the lazy dog; '.repeat(6);
    for (const length of [64, 128, PASSWORD_MAX_LENGTH]) {
      expect(await fault(long.slice(0, length), app.newEmail())).toBeNull();
    }
    expect(await fault(long.slice(0, PASSWORD_MAX_LENGTH + 1), app.newEmail())).toBe('too_long');
    const { email } = await app.signUp(app.newEmail(), long.slice(0, PASSWORD_MAX_LENGTH));
    const cut = long.slice(0, PASSWORD_MAX_LENGTH - 1);
    await app.anonymous.post('/sign_in').send({ email, password: cut }).expect(401);
  });

  it('has no rules about kinds of characters (ASVS 6.2.5)', async () => {
    for (const password of [
      'all in lower case',
      'ALL IN UPPER CASE',
      '839201746551028',
      '   spaces   and   ',
      'пароль из трёх слов',
      '長い合言葉は忘れにくいものです。',
    ]) {
      expect(await fault(password, app.newEmail())).toBeNull();
    }
  });

  it('refuses common passwords, runs and repetitions (ASVS 6.2.4)', async () => {
    for (const password of [
      'passwordpassword',
      'PasswordPassword',
      'qwertyqwertyqwerty',
      'aaaaaaaaaaaaaaa',
      'abababababababab',
      '123456789012345',
      'abcdefghijklmnop',
      'ponmlkjihgfedcba',
    ]) {
      expect([password, await fault(password)]).toEqual([password, 'too_common']);
    }
  });

  it("refuses the address, its local part and the app's name, repeated or padded (ASVS 6.2.11)", async () => {
    for (const password of [
      EMAIL,
      EMAIL.toUpperCase(),
      `${EMAIL}1!`,
      'ada.lovelace.ada.lovelace',
      'AdaLovelaceAdaLovelace',
      'ada.lovelace!!!!!',
      '***ada_lovelace***',
      'ada.lovelace123',
      'acmeacmeacmeacme',
      'Acme 2024 Acme 2024',
      '!!!!!!!acme!!!!!!!',
    ]) {
      expect([password, await fault(password)]).toEqual([password, 'too_common']);
    }
  });

  it('accepts a password that contains them among other words', async () => {
    for (const password of ['ada.lovelace writes notes', 'my Acme pass phrase', `${EMAIL} likes tea`]) {
      expect([password, await fault(password, app.newEmail())]).toEqual([password, null]);
      expect([
        password,
        passwordFault(password, { minLength: 15, appName: 'Acme', emails: [EMAIL] }),
      ]).toEqual([password, null]);
    }
  });

  it('applies to a reset and a change, too', async () => {
    const { token, email } = await app.person();
    const password = `${email.split('@', 1)[0]}${email.split('@', 1)[0]}`;
    const form = { password, password_confirmation: password };
    const error = { errors: [{ field: 'password', code: 'too_common' }] };
    const changed = await app
      .as(token)
      .put('/password')
      .send({ current_password: 'correct horse battery staple', ...form })
      .expect(422);
    expect(changed.body).toMatchObject(error);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    const completed = await app.anonymous
      .put('/identity/password_reset')
      .send({ token: reset, ...form })
      .expect(422);
    expect(completed.body).toMatchObject(error);
  });

  it('takes the minimum from the settings', () => {
    const context = { appName: 'Acme', emails: [] };
    expect(passwordFault('ten chars!', { ...context, minLength: 10 })).toBeNull();
    expect(passwordFault('ten chars!', { ...context, minLength: 11 })).toBe('too_short');
  });
});

describe('the password policy, for any text', () => {
  beforeAll(loadCommonPasswords);
  const context = { minLength: 15, appName: 'Acme', emails: [EMAIL] };
  const faultOf = (password: string): string | null => passwordFault(password, context);
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });

  it('treats composed and decomposed text in the same way', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(faultOf(text.normalize('NFD'))).toBe(faultOf(text.normalize('NFC')));
        expect(normalizedPassword(text.normalize('NFD'))).toBe(normalizedPassword(text));
      }),
    );
  });

  it('refuses anything but 15 to 256 code points, and says whether it is too short or too long', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const length = [...text.normalize()].length;
        const expected =
          text.includes('\0') || length < 15 || length > PASSWORD_MAX_LENGTH
            ? [text.includes('\0') ? 'invalid' : length < 15 ? 'too_short' : 'too_long']
            : [null, 'too_common'];
        expect(expected).toContain(faultOf(text));
      }),
    );
  });

  it('refuses ill-formed text', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0xd800, max: 0xdfff }), (text, surrogate) => {
        expect(faultOf(`${text.padEnd(15, 'x1')}${String.fromCharCode(surrogate)}`)).toBe('invalid');
      }),
    );
  });

  it('refuses a name that is only repeated or padded with digits and signs', () => {
    const padding = fc.stringMatching(/^[0-9 ._!?*-]{0,12}$/);
    fc.assert(
      fc.property(
        fc.constantFrom('acme', 'Ada.Lovelace', 'ADALOVELACE', EMAIL),
        fc.integer({ min: 1, max: 6 }),
        padding,
        padding,
        (name, times, before, after) => {
          const password = `${before}${name.repeat(times)}${after}`.padEnd(15, '1');
          expect(faultOf(password)).toBe('too_common');
        },
      ),
    );
  });
});
