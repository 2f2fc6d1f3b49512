import { u16be, u32be } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';

/**
 * Frame header, versions 3 to 5: version (8; the top bit: response), flags (8), stream (16), opcode (8), length (32). Versions 1 and 2 have a
 * stream of 8 bits (native_protocol_v5.spec, 2; v2, 2).
 */
export const Flag = { compressed: 1, tracing: 2, customPayload: 4, warning: 8 } as const;
/** "A frame is limited to 256MB in length". */
const MAX_BODY = 256 * 1024 * 1024;

export const opNames: readonly string[] = [
  'ERROR',
  'STARTUP',
  'READY',
  'AUTHENTICATE',
  'CREDENTIALS',
  'OPTIONS',
  'SUPPORTED',
  'QUERY',
  'RESULT',
  'PREPARE',
  'EXECUTE',
  'REGISTER',
  'EVENT',
  'BATCH',
  'AUTH_CHALLENGE',
  'AUTH_RESPONSE',
  'AUTH_SUCCESS',
];
export const Op = { error: 0, startup: 1, query: 7, result: 8, prepare: 9, execute: 10, event: 12, batch: 13 } as const;
const requests = new Set([1, 4, 5, 7, 9, 10, 11, 13, 15]);

/** A frame's header. One is re-used. */
export class FrameHeader {
  version = 0;
  isResponse = false;
  flags = 0;
  stream = 0;
  op = 0;
  headerBytes = 9;
  totalBytes = 0;

  /** Reads it at `at`, of which nine bytes are there; false if it is none. */
  read(bytes: Uint8Array, at: number): boolean {
    this.version = bytes[at] & 0x7f;
    this.isResponse = bytes[at] >= 0x80;
    this.flags = bytes[at + 1];
    if (this.version < 1 || this.version > 5 || this.flags > 0x1f) return false;
    const wide = this.version >= 3 ? 1 : 0;
    this.headerBytes = 8 + wide;
    this.stream = wide ? (u16be(bytes, at + 2) << 16) >> 16 : (bytes[at + 2] << 24) >> 24;
    this.op = bytes[at + 3 + wide];
    const body = u32be(bytes, at + 4 + wide);
    this.totalBytes = this.headerBytes + body;
    if (this.op >= opNames.length || body > MAX_BODY) return false;
    return requests.has(this.op) !== this.isResponse;
  }
}

/** Segments of version 5: length (17 bits), self-contained (1 bit), CRC24; the compressed form is not read. */
export const SEGMENT_HEADER_BYTES = 6;
export const SEGMENT_TRAILER_BYTES = 4;

const header = new FrameHeader();

/** Frames that fit one behind the other; a STARTUP says CQL_VERSION. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  const first = bytes[start] & 0x7f;
  if (first < 1 || first > 5) return Verdict.no;
  if (end - start < 9) return end - start > 1 && bytes[start + 1] > 0x1f ? Verdict.no : Verdict.maybe;
  if (!header.read(bytes, start)) return Verdict.no;
  const { op, version, isResponse, totalBytes, flags } = header;
  if (!hasBody(op, totalBytes - header.headerBytes, isResponse)) return Verdict.no;
  if ((flags & Flag.compressed) === 0 && !isPlausible(bytes, start + header.headerBytes, end, op, totalBytes))
    return Verdict.no;
  const next = start + totalBytes;
  if (next === wireEnd) return op === Op.query || op === Op.prepare || op === Op.result ? Verdict.sure : Verdict.likely;
  if (next > wireEnd) return totalBytes < 0x40_0000 ? Verdict.likely : Verdict.maybe;
  if (end - next < 9) return Verdict.likely;
  return header.read(bytes, next) && header.version === version ? Verdict.sure : Verdict.no;
}

/** READY and OPTIONS have no body, others have. */
const hasBody = (op: number, length: number, isResponse: boolean): boolean =>
  op === 2 || op === 5 ? length === 0 : length >= (isResponse ? 2 : 4);

/** The string of a QUERY or PREPARE, the kind of a RESULT, the code of an ERROR, the map of a STARTUP. */
function isPlausible(bytes: Uint8Array, at: number, end: number, op: number, total: number): boolean {
  if (end - at < 8) return true;
  switch (op) {
    case Op.query:
    case Op.prepare:
      return u32be(bytes, at) <= total && bytes[at + 4] >= 0x09 && bytes[at + 4] < 0x7f;
    case Op.result:
      return (
        (header.flags & (Flag.tracing | Flag.warning | Flag.customPayload)) !== 0 ||
        (u32be(bytes, at) >= 1 && u32be(bytes, at) <= 5)
      );
    case Op.error:
      return header.flags !== 0 || u32be(bytes, at) <= 0x2500;
    case Op.startup:
      return u16be(bytes, at) >= 1 && u16be(bytes, at) <= 16 && u16be(bytes, at + 2) <= 32;
    default:
      return true;
  }
}
