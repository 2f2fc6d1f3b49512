import type { Cursor } from '../../bytes/cursor.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import { shortString } from './arguments.ts';

const MAX_HEADERS = 64;
/** Bytes of a table's values by type (RabbitMQ errata to section 4.2.1); S, x, A and F say their length in 4 bytes. */
const sizes: Record<string, number> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  U: 2,
  I: 4,
  i: 4,
  f: 4,
  l: 8,
  L: 8,
  d: 8,
  T: 8,
  D: 5,
  V: 0,
};
const CORRELATION_ID = 1 << 10;
const MESSAGE_ID = 1 << 7;

/** Reads properties of class Basic behind their flags (section 2.3.5.2): trace context of the headers, and ids. */
export function readProperties(exchange: Exchange, cursor: Cursor, options: L7Options): void {
  const flags = cursor.u16();
  for (let bit = 1 << 15; bit >= MESSAGE_ID && cursor.ok; bit >>= 1) {
    if ((flags & bit) === 0) continue;
    if (bit === 1 << 13) readHeaders(exchange, cursor, options);
    else if (bit === 1 << 12 || bit === 1 << 11) cursor.take(1);
    else {
      const value = shortString(cursor);
      if (bit === MESSAGE_ID) exchange.attribute('messaging.message.id', value);
      else if (bit === CORRELATION_ID) {
        exchange.attribute('messaging.message.conversation_id', value);
        exchange.x_request_id ||= value;
      }
    }
  }
}

function readHeaders(exchange: Exchange, cursor: Cursor, options: L7Options): void {
  const end = Math.min(cursor.end, cursor.u32() + cursor.at);
  for (let n = 0; n < MAX_HEADERS && cursor.ok && cursor.at < end; n++) {
    const name = shortString(cursor);
    const type = String.fromCharCode(cursor.u8());
    if (type === 'S') readTraceHeader(exchange, name.toLowerCase(), cursor.text(cursor.u32(), 512), options);
    else if (type === 'x' || type === 'A' || type === 'F') cursor.take(cursor.u32());
    else if (Object.hasOwn(sizes, type)) cursor.take(sizes[type]);
    else cursor.ok = false;
  }
  if (cursor.ok) cursor.at = end;
}
