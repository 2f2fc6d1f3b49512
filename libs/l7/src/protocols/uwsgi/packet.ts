import { u16le } from '../../bytes/numbers.ts';
import { ascii, text } from '../../bytes/text.ts';

export const HEADER_BYTES = 4;
const LENGTH_BYTES = 2;
const MAX_NAME = 128;

/**
 * Head of a request; the body of the HTTP request follows the variables (uWSGI documentation, "The uwsgi Protocol"):
 *
 *     modifier1 (8), size of the variables (16, little-endian), modifier2 (8)
 */
export const varsBytes = (bytes: Uint8Array, start: number): number => u16le(bytes, start + 1);

/**
 * Variables of a request, as far as [start, end) has whole ones:
 *
 *     size of the name (16, little-endian), name, size of the value (16), value
 */
export function readVars(
  bytes: Uint8Array,
  start: number,
  end: number,
  wants: (name: string) => boolean,
  found: (name: string, value: string) => void,
): void {
  for (let at = start; at + LENGTH_BYTES <= end; ) {
    const nameAt = at + LENGTH_BYTES;
    const nameEnd = nameAt + u16le(bytes, at);
    const valueAt = nameEnd + LENGTH_BYTES;
    if (valueAt > end) return;
    at = valueAt + u16le(bytes, nameEnd);
    if (at > end) return;
    if (nameEnd - nameAt > MAX_NAME) continue;
    const name = ascii(bytes, nameAt, nameEnd);
    if (wants(name)) found(name, text(bytes, valueAt, at));
  }
}
