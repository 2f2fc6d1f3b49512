import { u24le } from '../../bytes/numbers.ts';
import { ascii } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { Command, commandNames } from './commands.ts';
import { serverVersion } from './login.ts';

export const HEADER_BYTES = 4;
export const COMPRESSED_HEADER_BYTES = 7;

const statement =
  /^\s*(?:\/\*|--|#|\(|(?:select|insert|update|delete|replace|create|drop|alter|show|set|begin|start|commit|rollback|use|desc|describe|explain|call|truncate|grant|revoke|lock|unlock|with|load|prepare|execute|deallocate|savepoint|release|analyze|optimize|check|kill|flush|do|handler|rename|repair|xa|values|table)\b)/i;

/**
 * Packet: length (24), sequence number (8), payload. A greeting of protocol 10, a query with a statement, a result with its
 * first column, an error with its SQLSTATE are telling; other commands and answers fit by their length only.
 */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  if (end - start < 5) return end - start >= 4 && bytes[start + 3] > 2 ? Verdict.no : Verdict.maybe;
  const sequence = bytes[start + 3];
  if (sequence > 2) return Verdict.no;
  if (isCompressed(bytes, start, end, wireEnd)) return Verdict.likely;
  const length = u24le(bytes, start);
  if (length === 0) return Verdict.no;
  return sequence === 0
    ? detectFirst(bytes, start + HEADER_BYTES, end, length, wireEnd)
    : detectAnswer(bytes, start + HEADER_BYTES, end, length, wireEnd);
}

/**
 * Compressed packet: length (24), sequence number (8), length before compression (24), or 0 if not compressed; then a plain packet
 * or zlib, zstd.
 */
export function isCompressed(bytes: Uint8Array, start: number, end: number, wireEnd: number): boolean {
  if (end - start < COMPRESSED_HEADER_BYTES + 5) return false;
  const length = u24le(bytes, start);
  const at = start + COMPRESSED_HEADER_BYTES;
  if (at + length > wireEnd && length < 1000) return false;
  const before = u24le(bytes, start + 4);
  if (before !== 0) return before > length && (isZlib(bytes, at) || isZstd(bytes, at));
  if (at + length !== wireEnd || u24le(bytes, at) + HEADER_BYTES !== length || bytes[start + 3] !== bytes[at + 3])
    return false;
  return bytes[at + 3] === 0 && isStatement(bytes, at + HEADER_BYTES, end);
}

export const isZlib = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x78 && ((bytes[at] << 8) | bytes[at + 1]) % 31 === 0;
export const isZstd = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x28 && bytes[at + 1] === 0xb5 && bytes[at + 2] === 0x2f && bytes[at + 3] === 0xfd;

/** A greeting, or a command. */
function detectFirst(bytes: Uint8Array, at: number, end: number, length: number, wireEnd: number): Verdict {
  const fits = at + length === wireEnd;
  const command = bytes[at];
  if (command === 10) return fits && length > 30 && serverVersion(bytes, at, end) !== '' ? Verdict.sure : Verdict.no;
  if (command === 0 || command >= commandNames.length) return Verdict.no;
  if (isStatement(bytes, at, end) && (fits || at + length > wireEnd)) return Verdict.sure;
  if (command === Command.query || command === Command.prepare || !fits) return Verdict.no;
  // statement id, flags, 1 as number of iterations
  if (command === Command.execute && length >= 10 && end - at >= 10)
    return bytes[at + 6] === 1 && bytes[at + 7] + bytes[at + 8] + bytes[at + 9] === 0 ? Verdict.likely : Verdict.no;
  return Verdict.maybe;
}

function isStatement(bytes: Uint8Array, at: number, end: number): boolean {
  const command = bytes[at];
  if (command !== Command.query && command !== Command.prepare) return false;
  const from = bytes[at + 1] === 0 && bytes[at + 2] === 1 ? at + 3 : at + 1;
  return statement.test(ascii(bytes, from, Math.min(end, from + 40)));
}

/** An answer: number of columns and the first column of catalogue "def", ERR, OK. */
function detectAnswer(bytes: Uint8Array, at: number, end: number, length: number, wireEnd: number): Verdict {
  const next = at + length;
  const first = bytes[at];
  if (length === 1 && first > 0 && first < 0xfb && next + 8 <= end)
    return bytes[next + 3] === bytes[at - 1] + 1 && ascii(bytes, next + 4, next + 8) === '\x03def'
      ? Verdict.sure
      : Verdict.no;
  if (first === 0xff) return next === wireEnd && length >= 9 && bytes[at + 3] === 0x23 ? Verdict.likely : Verdict.no;
  if (first === 0 && length >= 7 && next <= wireEnd)
    return next === wireEnd && length < 64 ? Verdict.likely : Verdict.maybe;
  return next <= wireEnd && (first === 0xfe || length > 32) ? Verdict.maybe : Verdict.no;
}
