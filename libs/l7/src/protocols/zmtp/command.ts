import { Cursor } from '../../bytes/cursor.ts';
import { startsWith } from '../../bytes/text.ts';

const MAX_PROPERTIES = 32;
const cursor = new Cursor();

const BARE_ERROR = 'ERROR';

/**
 * Name of a command, its first part: a length of one byte and letters. '' if it is none. libzmq sends ERROR without the
 * length of its name.
 */
export function commandName(bytes: Uint8Array, start: number, end: number): string {
  if (startsWith(bytes, start, end, BARE_ERROR)) return BARE_ERROR;
  cursor.set(bytes, start, end);
  const name = cursor.text(cursor.u8());
  return /^[A-Z]{1,16}$/i.test(name) ? name : '';
}

/** The topic behind the name of SUBSCRIBE or CANCEL. */
export function topicOf(bytes: Uint8Array, start: number, end: number): string {
  cursor.set(bytes, start, end);
  cursor.take(cursor.u8());
  return cursor.text(cursor.left, 256);
}

/** The reason behind the name of ERROR. */
export function reasonOf(bytes: Uint8Array, start: number, end: number): string {
  cursor.set(bytes, start, end);
  cursor.take(startsWith(bytes, start, end, BARE_ERROR) ? BARE_ERROR.length : cursor.u8());
  return cursor.text(cursor.u8(), 256);
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
