import { databaseComplaint } from '../../src/database/database-complaint.js';

const failure = (message: string, more: object = {}): Error => Object.assign(new Error(message), more);

describe('a database that the server cannot start with', () => {
  const CASES: [string, Error, RegExp][] = [
    [
      'refuses',
      failure('connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' }),
      /cannot be reached \(ECONNREFUSED\)/,
    ],
    [
      'has no socket',
      failure('connect ENOENT', { code: 'ENOENT', syscall: 'connect', address: '/x/.s.PGSQL.5432' }),
      /no socket at \/x/,
    ],
    ['says nothing', failure('Connection terminated due to connection timeout'), /does not answer/],
    ['has no TLS', failure('The server does not support SSL connections'), /sslmode=disable/],
    [
      'has its own certificate',
      failure('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      /sslrootcert=FILE/,
    ],
    [
      'has another name',
      failure("Hostname/IP does not match certificate's altnames", { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      /certificate that is not accepted/,
    ],
    [
      'has an old certificate',
      failure('certificate has expired', { code: 'CERT_HAS_EXPIRED' }),
      /certificate has expired/,
    ],
    [
      'knows another password',
      failure('password authentication failed for user "ada"', { code: '28P01' }),
      /refused the connection: password/,
    ],
    [
      'has another name',
      failure('database "x" does not exist', { code: '3D000' }),
      /refused the connection: database "x"/,
    ],
    [
      'is full',
      failure('sorry, too many clients already', { code: '53300' }),
      /no room for another connection/,
    ],
    [
      'is starting',
      failure('the database system is starting up', { code: '57P03' }),
      /is not ready \(the database system is starting up\)/,
    ],
    ['is read-only', failure('cannot execute INSERT', { code: '25006' }), /is read-only: it is a standby/],
    [
      'gives no right',
      failure('permission denied for schema authentication', { code: '42501' }),
      /does not let this role/,
    ],
    ['is no database', failure('Connection terminated unexpectedly'), /ended the connection/],
  ];
  for (const [name, error, line] of CASES) {
    it(`is told in one line: ${name}`, () => {
      const wrapped = failure('wrapped', { driverError: error });
      for (const one of [error, wrapped]) {
        expect(databaseComplaint(one)).toMatch(line);
        expect(databaseComplaint(one)).toMatch(/^The database at DATABASE_URL [^\n]+$/);
      }
    });
  }

  it('is not blamed for other failures', () => {
    expect(databaseComplaint(failure('no such file', { code: 'ENOENT', syscall: 'open' }))).toBeNull();
    expect(databaseComplaint(failure('in use', { code: 'EADDRINUSE', syscall: 'listen' }))).toBeNull();
    expect(databaseComplaint(failure('something else'))).toBeNull();
    expect(databaseComplaint('a text')).toBeNull();
  });
});
