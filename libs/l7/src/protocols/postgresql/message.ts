import { u32be } from '../../bytes/numbers.ts';
import { ascii } from '../../bytes/text.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';

/** Message: type (8), length (32, with itself), body. The first of a connection has no type (PostgreSQL 18, 54.7). */
export const HEADER_BYTES = 5;
/** What stands in place of a version in messages without a type. */
export const Startup = {
  version3: 0x0003_0000,
  version32: 0x0003_0002,
  cancel: 80877102,
  ssl: 80877103,
  gss: 80877104,
} as const;
/** Messages are shorter than 1 GiB. */
const MAX_MESSAGE = 0x3fff_ffff;

const set = (types: string): Uint8Array => {
  const table = new Uint8Array(256);
  for (const type of Buffer.from(types)) table[type] = 1;
  return table;
};
const frontend = set('QPBEDCSHFfpXdc');
const backend = set('RKZTDC123EINASntsGHWdcVv');
/** Types that only one side sends. */
const frontendOnly = set('QPBFfpX');
const backendOnly = set('RKZT123INAntsGWVv');

export const isFrontendType = (type: number): boolean => frontend[type] === 1;
export const isBackendType = (type: number): boolean => backend[type] === 1;

/** 1 if only a client, -1 if only a server starts a message so; 0 if both. */
export function sideOf(bytes: Uint8Array, at: number, end: number): number {
  const type = bytes[at];
  if (frontendOnly[type]) return 1;
  if (backendOnly[type]) return -1;
  if (type === 0) return 1;
  const first = end - at > HEADER_BYTES ? bytes[at + HEADER_BYTES] : 0;
  if (type === 0x53) return u32be(bytes, at + 1) === 4 ? 1 : -1; // Sync has no body, ParameterStatus has
  if (type === 0x45) return first === 0x53 && u32be(bytes, at + 1) > 12 ? -1 : 1; // ErrorResponse begins with its severity
  if (type === 0x43 || type === 0x44) return first === 0x53 || first === 0x50 ? (isTag(bytes, at, end) ? -1 : 1) : -1;
  return 0;
}

/** CommandComplete: an upper case word such as SELECT, SET; Close and Describe have S or P before a name. */
const isTag = (bytes: Uint8Array, at: number, end: number): boolean =>
  bytes[at] === 0x43 && /^[A-Z]{2}/.test(ascii(bytes, at + 5, Math.min(end, at + 8)));

/** Untyped: length (32) and code (32) of a start-up packet; 0 if it is none. */
export function startupCode(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 8) return 0;
  const length = u32be(bytes, at);
  const code = u32be(bytes, at + 4);
  if (code === Startup.ssl || code === Startup.gss) return length === 8 ? code : 0;
  if (code === Startup.cancel) return length >= 16 && length <= 268 ? code : 0;
  return (code === Startup.version3 || code === Startup.version32) && length > 8 && length <= 10_000 ? code : 0;
}

/** Start-up packets have a magic; other messages are judged by lengths that lead from type to type up to the end of the segment. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  if (bytes[start] === 0) return detectStartup(bytes, start, end);
  if (!frontend[bytes[start]] && !backend[bytes[start]]) return Verdict.no;
  let at = start;
  let messages = 0;
  let fits = 3; // 1: a client's, 2: a server's
  while (at + HEADER_BYTES <= end && messages < 32) {
    const length = u32be(bytes, at + 1);
    fits &= frontend[bytes[at]] | (backend[bytes[at]] << 1);
    if (fits === 0 || length < 4 || length > MAX_MESSAGE) return Verdict.no;
    at += 1 + length;
    messages++;
  }
  if (at === wireEnd && messages > 0) return messages > 1 ? Verdict.sure : detectOne(bytes, start, end);
  if (at < end) return messages > 1 ? Verdict.likely : Verdict.maybe;
  if (messages > 1) return Verdict.likely;
  return messages === 0 || u32be(bytes, start + 1) < 0x10_0000 ? detectCut(bytes, start, end) : Verdict.no;
}

function detectStartup(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start < 8) return Verdict.maybe;
  const code = startupCode(bytes, start, end);
  if (code === 0) return Verdict.no;
  return code < Startup.cancel && end - start > 8 && (bytes[start + 8] | 0x20) < 0x61 ? Verdict.no : Verdict.sure;
}

/** A message alone: of those with text, text must be there. */
function detectOne(bytes: Uint8Array, start: number, end: number): Verdict {
  const type = bytes[start];
  if (type === 0x51) return bytes[end - 1] === 0 && bytes[start + 5] >= 0x09 ? Verdict.likely : Verdict.maybe;
  if (type === 0x45 && end - start > 12)
    return bytes[start + 5] === 0x53 && bytes[end - 1] === 0 ? Verdict.likely : Verdict.maybe;
  return end - start > 16 || type === 0x5a ? Verdict.likely : Verdict.maybe;
}

/** The start of a long query. */
function detectCut(bytes: Uint8Array, start: number, end: number): Verdict {
  const type = bytes[start];
  if (type === 0x64) return Verdict.no; // CopyData: one letter and a length, whatever follows
  if (end - start < 12 || (type !== 0x51 && type !== 0x50)) return Verdict.maybe;
  const word = ascii(bytes, start + 5, Math.min(end, start + 40));
  return /^[^\0]{0,64}\0?\s*(?:select|insert|update|delete|create|copy|with|begin|set|alter|drop)\b/i.test(word)
    ? Verdict.likely
    : Verdict.maybe;
}
