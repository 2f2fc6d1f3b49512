import type { Cursor } from '../../bytes/cursor.ts';

const USER_PROPERTY = 0x26;
const MAX_PROPERTIES = 64;
const MAX_TEXT = 512;

const byteSized = new Set([0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a]);
const twoBytes = new Set([0x13, 0x21, 0x22, 0x23]);
const fourBytes = new Set([0x02, 0x11, 0x18, 0x27]);
const texts = new Set([0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1a, 0x1c, 0x1f]);

/** A variable byte integer (MQTT 5 section 1.5.5). */
export function readVariable(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; scale <= 128 ** 3; scale *= 128) {
    const byte = cursor.u8();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  cursor.ok = false;
  return 0;
}

/** Reads the properties at the cursor (MQTT 5 section 2.2.2), shows the user properties, and leaves it behind them. */
export function readProperties(cursor: Cursor, onUser?: (name: string, value: string) => void): void {
  const length = readVariable(cursor);
  const whole = cursor.end;
  const end = cursor.at + length;
  if (onUser !== undefined) {
    cursor.end = Math.min(whole, end);
    for (let n = 0; n < MAX_PROPERTIES && cursor.ok && cursor.left > 0; n++) readProperty(cursor, onUser);
    cursor.end = whole;
  }
  cursor.ok = end <= whole;
  if (cursor.ok) cursor.at = end;
}

function readProperty(cursor: Cursor, onUser: (name: string, value: string) => void): void {
  const id = cursor.u8();
  if (byteSized.has(id)) cursor.take(1);
  else if (twoBytes.has(id)) cursor.take(2);
  else if (fourBytes.has(id)) cursor.take(4);
  else if (texts.has(id)) cursor.take(cursor.u16());
  else if (id === 0x0b) readVariable(cursor);
  else if (id === USER_PROPERTY) {
    const name = cursor.text(cursor.u16(), MAX_TEXT);
    const value = cursor.text(cursor.u16(), MAX_TEXT);
    if (cursor.ok) onUser(name.toLowerCase(), value);
  } else cursor.ok = false;
}
