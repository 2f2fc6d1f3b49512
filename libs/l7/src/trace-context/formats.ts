/** Trace that a request belongs to, and the span that is its parent there. */
export interface TraceContext {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

const allZero = (hex: string): boolean => /^0+$/.test(hex);

/** `00-<32 hex>-<16 hex>-<flags>` (W3C Trace Context 3.2). Later versions may have more fields behind. */
export function readTraceparent(value: string): TraceContext | null {
  const match = /^\s*([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|\s*$)/.exec(value);
  if (match === null) return null;
  const [, version, traceId, spanId, flags, rest] = match;
  if (version === 'ff' || (version === '00' && rest === '-') || allZero(traceId) || allZero(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** `<16 or 32 hex>-<16 hex>[-<1|0|d>[-<parent>]]` (B3 single header). */
export function readB3(value: string): TraceContext | null {
  const match = /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-([01d]))?(?:-[0-9a-f]{16})?$/i.exec(value.trim());
  if (match === null || allZero(match[1])) return null;
  const [, traceId, spanId, sampled] = match;
  return {
    traceId: traceId.toLowerCase().padStart(32, '0'),
    spanId: spanId.toLowerCase(),
    sampled: sampled === '1' || sampled === 'd',
  };
}

/** `<trace>:<span>:<parent>:<flags>`, hexadecimal without leading zeros, perhaps percent-encoded (Jaeger). */
export function readUberTraceId(value: string): TraceContext | null {
  const match = /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):[0-9a-f]{1,16}:([0-9a-f]{1,2})$/i.exec(
    value.trim().replaceAll(/%3a/gi, ':'),
  );
  if (match === null || allZero(match[1])) return null;
  const [, traceId, spanId, flags] = match;
  return {
    traceId: traceId.toLowerCase().padStart(32, '0'),
    spanId: spanId.toLowerCase().padStart(16, '0'),
    sampled: (Number.parseInt(flags, 16) & 1) === 1,
  };
}

/**
 * `<sample>-<trace>-<segment>-<span index>-...`, the first two base64 (SkyWalking Cross Process Propagation Headers 3).
 * Its parent is a span of a segment: `<segment>-<span index>`.
 */
export function readSw8(value: string): TraceContext | null {
  const [sample, trace, segment, index] = value.trim().split('-', 4);
  if ((sample !== '0' && sample !== '1') || !trace || !segment || !/^\d{1,9}$/.test(index ?? '')) return null;
  const traceId = decodeBase64(trace);
  const segmentId = decodeBase64(segment);
  if (traceId === '' || segmentId === '') return null;
  return { traceId, spanId: `${segmentId}-${index}`, sampled: sample === '1' };
}

function decodeBase64(value: string): string {
  if (value.length > 256 || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return '';
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x21-\x7e]+$/.test(decoded) ? decoded : '';
}
