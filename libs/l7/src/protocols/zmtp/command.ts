import { Cursor } from '../../bytes/cursor.ts';

const MAX_PROPERTIES = 32;
const cursor = new Cursor();

/** Name of a command, its first part: a length of one byte and letters. '' if it is none. */
export function commandName(bytes: Uint8Array, start: number, end: number): string {
  cursor.set(bytes, start, end);
  const name = cursor.text(cursor.u8());
  return /^[A-Z]{1,16}$/i.test(name) ? name : '';
}

/** What follows the name, as text: the topic of SUBSCRIBE, the reason of ERROR (after its length). */
export function commandText(bytes: Uint8Array, start: number, end: number, hasLength: boolean): string {
  cursor.set(bytes, start, end);
  cursor.take(cursor.u8());
  return cursor.text(hasLength ? cursor.u8() : cursor.left, 256);
}

/** The property `Socket-Type` of READY (section "The NULL Mechanism"). */
export function socketType(bytes: Uint8Array, start: number, end: number): string {
  cursor.set(bytes, start, end);
  cursor.take(cursor.u8());
  for (let n = 0; n < MAX_PROPERTIES && cursor.ok && cursor.left > 0; n++) {
    const name = cursor.text(cursor.u8());
    const value = cursor.text(cursor.u32(), 32);
    if (name.toLowerCase() === 'socket-type') return value;
  }
  return '';
}
