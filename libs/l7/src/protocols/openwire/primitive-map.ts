import type { Cursor } from '../../bytes/cursor.ts';

const MAX_ENTRIES = 256;
const MAX_TEXT = 512;
const BOOLEAN = 1;
const TEXT = 9;
const BIG_TEXT = 13;
const BYTES = 10;
/** Bytes of the values by type: null, boolean, byte, char, short, int, long, double, float. */
const sizes = [0, 1, 1, 2, 2, 4, 8, 8, 4];

/** Visits texts and booleans of a map (org.apache.activemq.util.MarshallingSupport), up to a list or map inside it. */
export function readPrimitiveMap(cursor: Cursor, visit: (name: string, value: string) => void): void {
  const count = Math.min(cursor.u32(), MAX_ENTRIES);
  for (let n = 0; n < count && cursor.ok; n++) {
    const name = cursor.text(cursor.u16(), MAX_TEXT);
    const type = cursor.u8();
    if (type === BOOLEAN) visit(name, cursor.u8() === 0 ? 'false' : 'true');
    else if (type < sizes.length) cursor.take(sizes[type]);
    else if (type === TEXT || type === BIG_TEXT) {
      const value = cursor.text(type === TEXT ? cursor.u16() : cursor.u32(), MAX_TEXT);
      if (cursor.ok) visit(name, value);
    } else if (type === BYTES) cursor.take(cursor.u32());
    else return;
  }
}
