import type { PasswordHashingClass } from '../../src/authentication/core/passwords/password-hashing.js';
import { PASSWORD, startApplication } from './application.js';

const PARAMETERS = { memoryCost: 1024, timeCost: 2, parallelism: 1, concurrency: 1, queue: 1 };
const PHC = /^\$argon2id\$v=19\$m=1024,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/;
/** Digests of `PASSWORD` that other packages wrote: `argon2` (0.44), `@node-rs/argon2` (2.2), and argon2i. */
const WRITTEN = {
  argon2: '$argon2id$v=19$m=1024,t=2,p=1$zZm1/ebsVN1kAS/ogxbFQw$KRROvbHdFWz8HSe94+GGh0cYWl38qY2Pd5FwAVzJDmo',
  nodeRs: '$argon2id$v=19$m=1024,t=2,p=1$b3ucfoze5FcLhjd58MWvwQ$rKszz9p6RSl9XXodjb04UgmHgKkaUhIbFXwJG76y1Rw',
  argon2i: '$argon2i$v=19$m=1024,t=2,p=1$bSTz+Vqi2Le4/V/gn8C6Mg$F3M87LWrjiLSdI256M6aIM63b1kAkZbSwh3/nasrz8s',
};

/** What every class that can be `HASHING` does. All of them read and write the same digests, as PHC strings. */
export function describeHashing(Hashing: PasswordHashingClass): void {
  describe(Hashing.name, () => {
    const hashing = new Hashing(PARAMETERS);

    it('writes argon2id with the given parameters, and another salt each time (ASVS 11.4.2)', async () => {
      const [first, second] = [await hashing.hash(PASSWORD), await hashing.hash(PASSWORD)];
      expect(first).toMatch(PHC);
      expect(second).toMatch(PHC);
      expect(first).not.toBe(second);
    });

    it('verifies the whole password exactly (ASVS 6.2.8, 6.2.9)', async () => {
      for (const password of [PASSWORD, ' Schrödingers Katze ', '𝒳'.repeat(256), '\t']) {
        const digest = await hashing.hash(password);
        expect(await hashing.verify(digest, password)).toBe(true);
        for (const other of [`${password} `, password.slice(0, -1), password.toUpperCase().slice(1), ''])
          expect([other, await hashing.verify(digest, other)]).toEqual([other, false]);
      }
    });

    it('reads the digests that the other packages write', async () => {
      for (const digest of Object.values(WRITTEN)) {
        expect([digest, await hashing.verify(digest, PASSWORD)]).toEqual([digest, true]);
        expect([digest, await hashing.verify(digest, `${PASSWORD}!`)]).toEqual([digest, false]);
      }
    });

    it('refuses every password for a digest that it cannot read, instead of throwing', async () => {
      for (const digest of [
        '',
        PASSWORD,
        '$argon2id$',
        '$argon2id$v=19$m=1024,t=2,p=1$',
        `$2b$10$${'a'.repeat(53)}`,
      ]) {
        expect([digest, await hashing.verify(digest, PASSWORD)]).toEqual([digest, false]);
      }
    });

    it('wants a digest made again if a parameter or the variant is another one, whoever wrote it', () => {
      const isOutdated = (digest: string, changed: Partial<typeof PARAMETERS> = {}) =>
        new Hashing({ ...PARAMETERS, ...changed }).isOutdated?.(digest);
      for (const digest of [WRITTEN.argon2, WRITTEN.nodeRs]) {
        expect(isOutdated(digest)).toBe(false);
        expect(isOutdated(digest.replace('m=1024,t=2,p=1', 'p=1,m=1024,t=2'))).toBe(false);
        for (const changed of [{ memoryCost: 2048 }, { timeCost: 3 }, { parallelism: 2 }])
          expect([changed, isOutdated(digest, changed)]).toEqual([changed, true]);
        expect(isOutdated(digest.replace('$v=19', '$v=16'))).toBe(true);
        expect(isOutdated(digest.replace('$v=19', ''))).toBe(true);
      }
      expect(isOutdated(WRITTEN.argon2i)).toBe(true);
      expect(isOutdated('something else')).toBe(true);
    });

    it('makes the digest of another package again at a sign-in that asks for more', async () => {
      const variables = { HASHING_MEMORY_KIB: '2048', HASHING_PASSES: '2' };
      const hasher = new Hashing({ ...PARAMETERS, memoryCost: 2048 });
      const app = await startApplication({ variables, parts: { hasher } });
      try {
        for (const digest of Object.values(WRITTEN)) {
          const { email } = await app.signUp();
          const digestOf = async () =>
            (
              await app.query<{ digest: string }>(
                'SELECT password_digest AS digest FROM authentication.users WHERE email = $1',
                [email],
              )
            )[0]?.digest;
          await app.query('UPDATE authentication.users SET password_digest = $2 WHERE email = $1', [
            email,
            digest,
          ]);
          await app.signIn(email);
          expect(await digestOf()).toMatch(/^\$argon2id\$v=19\$m=2048,t=2,p=1\$/);
          await app.signIn(email);
        }
      } finally {
        await app.close();
      }
    });
  });
}
