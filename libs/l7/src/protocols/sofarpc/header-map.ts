import { i32be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';
import { TextCache } from '../../bytes/text-cache.ts';

const names = new TextCache(256);

/** Hands over `key length (32), key, value length (32), value` ...; a length of -1 stands for null. */
export function readHeaderMap(
  bytes: Uint8Array,
  start: number,
  end: number,
  found: (name: string, value: string) => void,
): void {
  let at = start;
  while (at + 8 <= end) {
    const nameEnd = at + 4 + Math.max(0, i32be(bytes, at));
    if (nameEnd + 4 > end) return;
    const valueEnd = nameEnd + 4 + Math.max(0, i32be(bytes, nameEnd));
    if (valueEnd > end) return;
    found(names.get(bytes, at + 4, nameEnd), text(bytes, nameEnd + 4, valueEnd));
    at = valueEnd;
  }
}
