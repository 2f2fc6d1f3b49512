import { Cursor } from '../../bytes/cursor.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import type { CommandReader } from './command-reader.ts';
import { readPrimitiveMap } from './primitive-map.ts';

const properties = new Cursor();

/**
 * Reads a message behind its destination (org.apache.activemq.command.Message): transaction, original destination, id,
 * original transaction, group and its sequence, correlation id, persistent, expiration, priority, reply-to, time, type,
 * content, properties. As far as all of it is there.
 */
export function readMessage(exchange: Exchange, reader: CommandReader, options: L7Options): void {
  const { cursor } = reader;
  reader.cached();
  reader.cached();
  reader.nested();
  reader.cached();
  reader.text();
  cursor.take(4);
  const correlation = reader.text();
  reader.boolean();
  reader.long();
  cursor.take(1);
  reader.nested();
  reader.long();
  reader.text();
  if (cursor.ok && correlation !== '') {
    exchange.x_request_id ||= correlation;
    exchange.attribute('messaging.message.conversation_id', correlation);
  }
  const content = reader.bytes();
  if (cursor.ok && content >= 0) exchange.attribute('messaging.message.body.size', cursor.at - content);
  const map = reader.bytes();
  if (cursor.ok && map >= 0)
    readPrimitiveMap(properties.set(cursor.bytes, map, cursor.at), (name, value) =>
      readTraceHeader(exchange, name.toLowerCase(), value, options),
    );
}
