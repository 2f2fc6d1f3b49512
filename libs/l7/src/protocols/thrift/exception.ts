import { i32be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { varint, varintEnd } from './varint.ts';

/** Types of TApplicationException. */
const names = [
  'UNKNOWN',
  'UNKNOWN_METHOD',
  'INVALID_MESSAGE_TYPE',
  'WRONG_METHOD_NAME',
  'BAD_SEQUENCE_ID',
  'MISSING_RESULT',
  'INTERNAL_ERROR',
  'PROTOCOL_ERROR',
  'INVALID_TRANSFORM',
  'INVALID_PROTOCOL',
  'UNSUPPORTED_CLIENT_TYPE',
];
const clientErrors = new Set([1, 2, 3, 4, 7, 8, 9, 10]);

export interface ApplicationException {
  type: number;
  /** `UNKNOWN_METHOD: what the server says` */
  text: string;
  isClientError: boolean;
}

/**
 * TApplicationException: `1: string message, 2: i32 type`, either may be absent (Thrift RPC specification, "Response
 * struct"). What is cut off is left out.
 */
export function readException(bytes: Uint8Array, start: number, end: number, isCompact: boolean): ApplicationException {
  let [message, type] = ['', 0];
  if (isCompact) {
    let at = start;
    if (bytes[at] === 0x18) {
      const from = varintEnd(bytes, at + 1, end);
      const to = from <= 0 ? end : from + varint(bytes, at + 1);
      if (from > 0) message = text(bytes, from, Math.min(to, end), 256);
      at = to;
    }
    if (at + 1 < end && (bytes[at] & 0x0f) === 5) {
      const zigzag = varint(bytes, at + 1);
      type = (zigzag >>> 1) ^ -(zigzag & 1);
    }
  } else {
    let at = start;
    if (at + 7 <= end && bytes[at] === 11) {
      const to = at + 7 + Math.max(0, i32be(bytes, at + 3));
      message = text(bytes, at + 7, Math.min(to, end), 256);
      at = to;
    }
    if (at + 7 <= end && bytes[at] === 8) type = i32be(bytes, at + 3);
  }
  const name = names[type] ?? `TYPE_${type}`;
  return { type, text: message === '' ? name : `${name}: ${message}`, isClientError: clientErrors.has(type) };
}
