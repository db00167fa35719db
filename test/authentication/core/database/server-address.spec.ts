import { serverAddress } from '../../../../src/authentication/core/database/server-address.js';

const partsOf = (url: string) => {
  const { user, password, host, port, database } = serverAddress(url);
  return { user, password, host, port, database };
};

describe('the URL of a database', () => {
  const RESERVED = '@:/?#% ';
  const encoded = encodeURIComponent(RESERVED);

  it('has parts, of which each may be left out', () => {
    expect(partsOf('postgres://ada:pw@db.example:6543/app')).toEqual({
      user: 'ada',
      password: 'pw',
      host: 'db.example',
      port: 6543,
      database: 'app',
    });
    expect(partsOf('postgresql://[::1]/app')).toMatchObject({ host: '::1', database: 'app' });
    const none = {
      user: undefined,
      password: undefined,
      host: undefined,
      port: undefined,
      database: undefined,
    };
    expect(partsOf('postgres://')).toEqual(none);
  });

  it('has reserved characters in every name, percent-encoded', () => {
    expect(partsOf(`postgres://${encoded}:${encoded}@127.0.0.1/${encoded}`)).toMatchObject({
      user: RESERVED,
      password: RESERVED,
      database: RESERVED,
    });
  });

  it('has a socket in ?host= or as a percent-encoded host', () => {
    const socket = { host: '/var/run/postgresql', database: 'app', user: 'ada' };
    expect(partsOf('postgres://ada:pw@/app?host=/var/run/postgresql')).toMatchObject(socket);
    expect(partsOf('postgres://ada@%2Fvar%2Frun%2Fpostgresql/app')).toMatchObject(socket);
    expect(partsOf('postgres:///app?host=/var/run/postgresql&user=ada&port=5433')).toMatchObject({
      ...socket,
      port: 5433,
    });
  });

  it('has the forms of sslmode that pg knows, and no other', () => {
    expect(serverAddress('postgres://h/d').ssl).toBeFalsy();
    expect(serverAddress('postgres://h/d?sslmode=disable').ssl).toBe(false);
    expect(serverAddress('postgres://h/d?sslmode=verify-full').ssl).toEqual({});
    expect(serverAddress('postgres://h/d?sslmode=no-verify').ssl).toEqual({ rejectUnauthorized: false });
    expect(() => serverAddress('postgres://h/d?sslmode=sometimes')).toThrow(/takes sslmode=disable/);
  });

  it('is refused in one line that names it and does not show it', () => {
    const refused: Record<string, RegExp> = {
      'postgres://app:hunter%off@h/d': /^NAME has a % that encodes nothing: write %25/,
      'postgres://app:hunter%ff@h/d': /^NAME has percent-encoded characters that are not UTF-8$/,
      'postgres://app:hunter/2@h/d': /^NAME cannot be read: .*%40 %3A %2F %3F %23 %25 %20$/,
      'postgres://app:hunter#2@h/d': /^NAME cannot be read/,
      'postgres://app:hunter?2@h/d': /^NAME cannot be read/,
      'postgres://h:hunter/d': /^NAME cannot be read/,
      'postgres://h/d?sslrootcert=/no/such/hunter.pem': /^NAME cannot be used: ENOENT.*hunter\.pem/,
    };
    for (const [url, line] of Object.entries(refused)) {
      const refusal = (): unknown => serverAddress(url, 'NAME');
      expect(refusal).toThrow(line);
      if (!url.includes('sslrootcert')) expect(refusal).not.toThrow(/hunter/);
    }
  });
});
