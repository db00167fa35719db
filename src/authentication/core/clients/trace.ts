/**
 * Which trace a request belongs to, as its header `traceparent` says (https://www.w3.org/TR/trace-context/). The names
 * are those of OpenTelemetry, so that the object is also the fields of a log line. It is only a text that the client
 * chose: it proves nothing, and nothing is decided by it.
 */
export interface Trace {
  /** 32 hexadecimal digits */
  readonly trace_id: string;
  /** the caller's span, 16 hexadecimal digits */
  readonly span_id: string;
}

/** Version, trace id, parent id and flags (section 3.2.2). A later version may have more after another dash. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
/** The whole header in version 00. The bound comes before the pattern: a header can have many kilobytes. */
const LENGTH = 55;
const LONGEST = 512;

/** @returns undefined without the header, and for one that is ill-formed */
export function traceOf(header: string | readonly string[] | undefined): Trace | undefined {
  if (typeof header !== 'string' || header.length < LENGTH || header.length > LONGEST) return undefined;
  const [, version, traceId, spanId, more] = TRACEPARENT.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return { trace_id: traceId, span_id: spanId };
}
