import { i32be, u16be } from '../../bytes/numbers.ts';
import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { apis } from './apis.ts';

/** Largest message that a broker takes by default, socket.request.max.bytes. */
export const MAX_MESSAGE = 104_857_600;
/** Shortest client id that speaks for itself. */
const TELLING_CLIENT_ID = 4;

/**
 * length (32), API key (16), version (16), correlation id (32), client id: known key and version, and a printable client id.
 * A response has only a length that fits.
 */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  if (end - start < 4) return bytes[start] === 0 ? Verdict.maybe : Verdict.no;
  const length = i32be(bytes, start);
  if (length < 4 || length > MAX_MESSAGE) return Verdict.no;
  const fits = start + 4 + length === wireEnd;
  const asRequest = detectRequest(bytes, start, end, fits);
  if (asRequest !== Verdict.no) return asRequest;
  return fits && end - start >= 8 ? Verdict.maybe : Verdict.no;
}

/** Is this the head of a request whose version is known? */
export function isRequestHead(bytes: Uint8Array, start: number): boolean {
  const key = u16be(bytes, start + 4);
  return key < apis.length && u16be(bytes, start + 6) <= apis[key].newest;
}

function detectRequest(bytes: Uint8Array, start: number, end: number, fits: boolean): Verdict {
  if (end - start < 14 || i32be(bytes, start) < 10 || !isRequestHead(bytes, start)) return Verdict.no;
  const clientId = u16be(bytes, start + 12);
  if (clientId === 0xffff || clientId < TELLING_CLIENT_ID) return fits ? Verdict.maybe : Verdict.no;
  if (!isPrintableClientId(bytes, start, end)) return Verdict.no;
  return fits && end - start - 14 >= clientId ? Verdict.sure : Verdict.likely;
}

/** Is what stands in the place of the client id, which is not null, one? It lies in the message and is in ASCII. */
export function isPrintableClientId(bytes: Uint8Array, start: number, end: number): boolean {
  const length = u16be(bytes, start + 12);
  if (length > 512 || length + 10 > i32be(bytes, start)) return false;
  const from = start + 14;
  for (let i = from; i < Math.min(end, from + length); i++) if (bytes[i] < 0x20 || bytes[i] > 0x7e) return false;
  return true;
}
