import { u16be, u16le, u32le } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';

/** Packet header: type (8), status (8; 1: last of its message), length (16, big-endian), SPID (16), number (8), window (8) = 0 (MS-TDS 2.2.3.1). */
export const HEADER_BYTES = 8;
export const END_OF_MESSAGE = 1;
export const Type = {
  batch: 1,
  login: 2,
  rpc: 3,
  response: 4,
  attention: 6,
  bulk: 7,
  transaction: 14,
  language: 15,
  login7: 16,
  prelogin: 18,
} as const;

/** Names of what a client sends, by type. */
export const typeNames: ReadonlyMap<number, string> = new Map([
  [1, 'SQL_BATCH'],
  [2, 'LOGIN'],
  [3, 'RPC'],
  [6, 'ATTENTION'],
  [7, 'BULK_LOAD'],
  [8, 'FEDERATED_AUTH'],
  [14, 'TRANSACTION'],
  [15, 'LANGUAGE'],
  [16, 'LOGIN7'],
  [17, 'SSPI'],
  [18, 'PRELOGIN'],
]);

export const isHeader = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at] === Type.response || typeNames.has(bytes[at])) &&
  bytes[at + 1] <= 0x1f &&
  bytes[at + 7] === 0 &&
  u16be(bytes, at + 2) >= HEADER_BYTES &&
  u16be(bytes, at + 2) <= 32_768;

/** A header whose length fits, with the start of what its type holds. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  if (bytes[start] > 18 || bytes[start] === 0) return Verdict.no;
  if (end - start < HEADER_BYTES) return Verdict.maybe;
  if (!isHeader(bytes, start)) return Verdict.no;
  const length = u16be(bytes, start + 2);
  const next = start + length;
  const fits = next === wireEnd;
  if (!fits && bytes[start + 1] & END_OF_MESSAGE) return next > wireEnd ? Verdict.maybe : Verdict.no;
  const at = start + HEADER_BYTES;
  if (end - at < 12) return fits ? Verdict.maybe : Verdict.no;
  switch (bytes[start]) {
    case Type.prelogin:
      return bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 5] <= 5 && fits ? Verdict.sure : Verdict.maybe;
    case Type.login7: // length (32), TDS version (32)
      return u32le(bytes, at) + HEADER_BYTES >= length && u32le(bytes, at) < 0x2_0000 && bytes[at + 7] >= 0x70
        ? Verdict.likely
        : Verdict.no;
    case Type.login: // TDS 5: a record of 568 bytes, in packets of 512
      return fits && length === 512 && bytes[start + 1] === 0 ? Verdict.likely : Verdict.no;
    case Type.language:
      return fits && bytes[at] === 0x21 && u32le(bytes, at + 1) < length ? Verdict.likely : Verdict.maybe;
    case Type.batch:
      return u32le(bytes, at) === 22 || (bytes[at + 1] === 0 && bytes[at + 3] === 0 && bytes[at + 5] === 0)
        ? Verdict.likely
        : Verdict.no;
    case Type.rpc:
      return u32le(bytes, at) === 22 || u16le(bytes, at) === 0xffff ? Verdict.likely : Verdict.maybe;
    case Type.response:
      return tokens.has(bytes[at]) && fits ? Verdict.maybe : Verdict.no;
    default:
      return fits ? Verdict.maybe : Verdict.no;
  }
}

/** Tokens that a response begins with. 0: the answer to PRELOGIN. */
const tokens = new Set([
  0x00, 0x61, 0x79, 0x81, 0xa0, 0xa5, 0xaa, 0xab, 0xad, 0xae, 0xe2, 0xe3, 0xe5, 0xed, 0xee, 0xfd, 0xfe, 0xff,
]);
