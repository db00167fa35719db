import fc from 'fast-check';
import { traceOf } from '../../../../src/authentication/core/clients/trace.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const KNOWN = { trace_id: TRACE, span_id: SPAN };
const FIXED = `00-${TRACE}-${SPAN}-01`;

/** https://www.w3.org/TR/trace-context/, section 3.2 */
const ILL_FORMED: readonly (readonly [string, string | string[] | undefined])[] = [
  ['no header', undefined],
  ['two headers', [FIXED, FIXED]],
  ['two headers that Node.js has joined', `${FIXED}, ${FIXED}`],
  ['nothing', ''],
  ['a trace id alone', TRACE],
  ['version ff', `ff-${TRACE}-${SPAN}-01`],
  ['a version that is not hexadecimal', `0x-${TRACE}-${SPAN}-01`],
  ['upper case', FIXED.toUpperCase()],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['a long trace id', `00-a${TRACE}-${SPAN}-01`],
  ['a short span id', `00-${TRACE}-${SPAN.slice(1)}-01`],
  ['no flags', `00-${TRACE}-${SPAN}`],
  ['flags of one digit', `00-${TRACE}-${SPAN}-1`],
  ['flags of three digits', `00-${TRACE}-${SPAN}-011`],
  ['more in version 00', `${FIXED}-what`],
  ['a later version with more that no dash begins', `01-${TRACE}-${SPAN}-01what`],
  ['white space', ` ${FIXED}`],
  ['a line break', `${FIXED}\n`],
  ['a line break and a line of its own', `${FIXED}\n{"event":"signed_in"}`],
  ['a later version of many kilobytes', `01-${TRACE}-${SPAN}-01-${'a'.repeat(10_000)}`],
];

describe('traceparent', () => {
  it('gives trace and span, whatever the flags', () => {
    for (const flags of ['00', '01', 'ff']) expect(traceOf(`00-${TRACE}-${SPAN}-${flags}`)).toEqual(KNOWN);
  });

  it('is read as version 00 in a later version, which may have more', () => {
    for (const more of ['', '-', '-what-the-future-brings'])
      expect(traceOf(`cc-${TRACE}-${SPAN}-01${more}`)).toEqual(KNOWN);
  });

  for (const [name, header] of ILL_FORMED) {
    it(`is ignored: ${name}`, () => {
      expect(traceOf(header)).toBeUndefined();
    });
  }

  it('gives only lower-case digits, whatever is sent', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('00', '-', FIXED, TRACE, SPAN, '\r\n'));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const trace = traceOf(parts.join('')) ?? KNOWN;
        expect(`${trace.trace_id} ${trace.span_id}`).toMatch(/^[0-9a-f]{32} [0-9a-f]{16}$/);
      }),
    );
  });
});
