/** Trace that a request belongs to, and the span that is its parent there. */
export interface TraceContext {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

const allZero = (hex: string): boolean => hex.charCodeAt(0) === 0x30 && /^0+$/.test(hex);

const HYPHEN = 0x2d;

/**
 * `00-<32 hex>-<16 hex>-<flags>` (W3C Trace Context 3.2). Later versions may have more fields behind. Read by position, as
 * it comes with every request of a traced application.
 */
export function readTraceparent(value: string): TraceContext | null {
  const text = value.trim();
  if (text.length < 55 || !isHex(text, 0, 2) || !isHex(text, 3, 35) || !isHex(text, 36, 52) || !isHex(text, 53, 55))
    return null;
  if (text.charCodeAt(2) !== HYPHEN || text.charCodeAt(35) !== HYPHEN || text.charCodeAt(52) !== HYPHEN) return null;
  if (text.length > 55 && (text.startsWith('00') || text.charCodeAt(55) !== HYPHEN)) return null;
  if (text.startsWith('ff')) return null;
  const traceId = text.slice(3, 35);
  const spanId = text.slice(36, 52);
  if (allZero(traceId) || allZero(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(text.slice(53, 55), 16) & 1) === 1 };
}

/** Lower-case hexadecimal digits alone. */
function isHex(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if ((code < 0x30 || code > 0x39) && (code < 0x61 || code > 0x66)) return false;
  }
  return true;
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
