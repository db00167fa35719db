import { isDatabaseUnavailable } from '../../../../src/authentication/core/database/database-failure.js';

describe('A failure of the database', () => {
  const failure = (code: string) => Object.assign(new Error('as pg raises it'), { code });

  it('is an outage when the server or the database is gone, refuses the connection, is read-only or out of patience', () => {
    const codes = [
      'ECONNREFUSED',
      'ENETUNREACH',
      '08006',
      '3D000',
      '28P01',
      '40P01',
      '53300',
      '57P01',
      '25006',
      '25P03',
      '55P03',
    ];
    expect(codes.filter((code) => !isDatabaseUnavailable(failure(code)))).toEqual([]);
  });

  it('is not an outage when a statement is wrong', () => {
    const codes = ['42601', '42P01', '23505', '22P02'];
    expect(codes.filter((code) => isDatabaseUnavailable(failure(code)))).toEqual([]);
  });
});
