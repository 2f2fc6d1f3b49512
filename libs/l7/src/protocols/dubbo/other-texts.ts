import { i32be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';

/** The first texts of a call: version, path, service version, method. */
const WANTED = 4;

/** One JSON value a line; attachments are the last. */
export function readFastjson(
  bytes: Uint8Array,
  start: number,
  end: number,
  attachment: (key: string, value: string) => void,
): string[] {
  const lines = text(bytes, start, end, end - start)
    .trimEnd()
    .split('\n');
  const attachments = parsed(lines[lines.length - 1]);
  if (lines.length > WANTED && typeof attachments === 'object' && attachments !== null)
    for (const [key, value] of Object.entries(attachments)) if (typeof value === 'string') attachment(key, value);
  return lines.slice(0, WANTED).map((line) => {
    const value = parsed(line);
    return typeof value === 'string' ? value : '';
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Each value with its length (32) before it, in JSONB: tag 0x49 + length and ASCII, or 0x79, a length and ASCII. */
export function readFastjson2(bytes: Uint8Array, start: number, end: number): string[] {
  const texts: string[] = [];
  for (let at = start; texts.length < WANTED && at + 5 <= end; ) {
    const length = i32be(bytes, at);
    const next = at + 4 + length;
    if (length < 1 || next > end) break;
    const tag = bytes[at + 4];
    const head = tag >= 0x49 && tag <= 0x78 ? 1 : (tag === 0x79 || tag === 0x7a) && length <= 48 ? 2 : 3;
    texts.push(text(bytes, at + 4 + head, next));
    at = next;
  }
  return texts;
}

/**
 * Strings of Kryo: plain ASCII whose last byte has the high bit set, or a length plus one (6 bits and more, first byte
 * with the high bit set) and UTF-8. Class ids may stand before the first.
 */
export function readKryo(bytes: Uint8Array, start: number, end: number): string[] {
  const texts: string[] = [];
  let at = start;
  while (at < end && at < start + WANTED && bytes[at] < 0x20) at++;
  while (texts.length < WANTED && at < end) {
    let next = at;
    if (bytes[at] >= 0x80) {
      const isLong = (bytes[at] & 0x40) !== 0;
      const length = (bytes[at] & 0x3f) | (isLong && at + 1 < end ? (bytes[at + 1] & 0x7f) << 6 : 0);
      at += isLong ? 2 : 1;
      next = at + Math.max(0, length - 1);
      if (next > end) break;
      texts.push(text(bytes, at, next));
    } else {
      while (next < end && bytes[next] < 0x80) next++;
      if (next >= end) break;
      texts.push(text(bytes, at, next) + String.fromCharCode(bytes[next] & 0x7f));
      next++;
    }
    at = next;
  }
  return texts;
}
