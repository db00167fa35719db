import fc from 'fast-check';
import { types } from 'pg';
import { timeOf } from '../../../../src/authentication/core/database/timestamps.js';

const ofPg = types.getTypeParser(types.builtins.TIMESTAMPTZ, 'text') as (text: string) => unknown;

/** As Postgres writes a time with `DateStyle ISO` and `TimeZone UTC`: without the zeros at the end. */
function written(time: Date): string {
  const [day = '', clock = ''] = time.toISOString().replace('Z', '').split('T');
  return `${day} ${clock.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') || clock.includes('.') ? '' : zeros))}+00`;
}

describe('The parser of times', () => {
  it('reads every time that Postgres writes, as pg does', () => {
    const times = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(times, (time) => {
        expect(timeOf(written(time))).toEqual(time);
      }),
    );
  });

  for (const text of [
    '2026-11-28 13:20:03+00',
    '2026-11-28 13:20:03.1+00',
    '2026-11-28 13:20:03.12+00',
    '2026-11-28 13:20:03.123+00',
    '2026-11-28 13:20:03.123456+00',
    '2026-11-28 13:20:03.5+05:30',
    '2026-11-28 13:20:03-08',
    '0044-03-15 12:00:00+00 BC',
    '0099-03-15 12:00:00+00',
    '12026-11-28 13:20:03+00',
    'infinity',
    '-infinity',
  ]) {
    it(`reads ${text} as pg does`, () => {
      expect(timeOf(text)).toEqual(ofPg(text));
    });
  }
});
