import type { RequestRow } from '@flowloom/otlp';
import type { Exchange } from './exchange.ts';
import { hash128 } from './hash.ts';

/** The trace that a request names by a header, in OpenTelemetry's form. */
export interface HeaderContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** Span of the application, 16 lower-case hex digits; '' where the header names none that OpenTelemetry could. */
  readonly spanId: string;
  /** False: the application exports no span of the trace; undefined for headers that cannot say it. */
  readonly isSampled: boolean | undefined;
  /** What the header said, where that is no OpenTelemetry id. */
  readonly original: string;
}

/**
 * traceparent, b3 and uber-trace-id hold hex ids. SkyWalking's ids are text and become what the Collector's skywalking
 * receiver makes of them, so that both meet; any other text (a header of one's own) is hashed.
 */
export function headerContext(row: RequestRow): HeaderContext | undefined {
  const { trace_id: trace, span_id: span, trace_sampled: isSampled } = row;
  if (trace === '') return undefined;
  if (/^[0-9a-f]{1,32}$/i.test(trace) && !/^0+$/.test(trace)) {
    const isSpan = /^[0-9a-f]{1,16}$/i.test(span) && !/^0+$/.test(span);
    const spanId = isSpan ? span.toLowerCase().padStart(16, '0') : '';
    return { traceId: trace.toLowerCase().padStart(32, '0'), spanId, isSampled, original: '' };
  }
  const skywalking = skywalkingTraceId(trace);
  if (skywalking) return { traceId: skywalking, spanId: skywalkingSpanId(span), isSampled, original: trace };
  return { traceId: hash128(trace), spanId: '', isSampled: undefined, original: trace };
}

/** The trace that an exchange names: every observation saw the same bytes, but not every parser reads them. */
export function headerOf(exchange: Exchange): HeaderContext | undefined {
  return exchange.isReceive ? undefined : contextOf(exchange);
}

/** The context that a received message carries: that of its sender, who does not wait for what comes of it. */
export function messageContextOf(exchange: Exchange): HeaderContext | undefined {
  return exchange.isReceive ? contextOf(exchange) : undefined;
}

function contextOf({ hasToken, observations }: Exchange): HeaderContext | undefined {
  if (!hasToken) return undefined;
  for (const row of observations) {
    const header = headerContext(row);
    if (header) return header;
  }
  return undefined;
}

/** A UUID, or `<32 hex>.<thread>.<sequence>`; '' for anything else. */
function skywalkingTraceId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.replaceAll('-', '').toLowerCase();
  return segmentUuid(text, 0)?.toString('hex') ?? '';
}

/** `<segment id>-<span index>`: the halves of the segment's UUID, with the index in it, folded to 8 bytes. */
function skywalkingSpanId(text: string): string {
  const dash = text.lastIndexOf('-');
  const uuid = segmentUuid(text.slice(0, dash), Number(text.slice(dash + 1)));
  if (dash < 0 || uuid === undefined) return '';
  return Buffer.from(uuid.subarray(0, 8).map((byte, i) => byte ^ uuid[i + 8])).toString('hex');
}

/** 16 bytes: the hex part, XORed with extra (4 bytes), thread (4) and sequence (8), each least significant byte first. */
function segmentUuid(text: string, extra: number): Buffer | undefined {
  const match = /^([0-9a-f]{32})(?:\.(\d{1,10})\.(\d{1,20}))?$/i.exec(text);
  if (match === null || !Number.isInteger(extra)) return undefined;
  const [, hex, thread = '0', sequence = '0'] = match;
  const mask = Buffer.alloc(16);
  mask.writeUInt32LE(extra >>> 0, 0);
  mask.writeUInt32LE(Number(thread) >>> 0, 4);
  mask.writeBigUInt64LE(BigInt.asUintN(64, BigInt(sequence)), 8);
  return Buffer.from(Buffer.from(hex, 'hex').map((byte, i) => byte ^ mask[i]));
}
