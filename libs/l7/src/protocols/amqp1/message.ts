import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import { endOfCompound, ValueReader } from './value-reader.ts';

/** Sections of a message before its body (part 3, section 3.2), in this order. */
const Section = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  application: 0x74,
};
const MAX_ENTRIES = 64;

const values = new ValueReader();

/** Reads the head of a message at [at, end): ids, the address it goes to, and trace context. The body is not looked at. */
export function readMessage(exchange: Exchange, bytes: Uint8Array, at: number, end: number, options: L7Options): void {
  while (at < end) {
    values.set(bytes, at, end);
    const section = values.descriptor();
    if (!values.ok || section < Section.header || section > Section.application) return;
    at = endOfCompound(bytes, values.cursor.at, end);
    values.cursor.end = at;
    if (section === Section.properties) readProperties(exchange);
    else if (section === Section.messageAnnotations || section === Section.application) readHeaders(exchange, options);
  }
}

/** message-id, user-id, to, subject, reply-to, correlation-id (section 3.2.4). */
function readProperties(exchange: Exchange): void {
  const fields = values.list();
  for (let i = 0; i < fields && i < 6 && values.ok && values.cursor.left > 0; i++) {
    if (i === 0) exchange.attribute('messaging.message.id', values.id());
    else if (i === 2) {
      const to = values.text();
      exchange.request_resource ||= to;
    } else if (i === 5) {
      const id = values.id();
      exchange.attribute('messaging.message.conversation_id', id);
      exchange.x_request_id ||= id;
    } else values.skip();
  }
}

function readHeaders(exchange: Exchange, options: L7Options): void {
  const entries = values.map();
  for (let i = 0; i + 1 < entries && i < 2 * MAX_ENTRIES && values.ok && values.cursor.left > 0; i += 2) {
    const name = values.text(64);
    const value = values.text(512);
    if (name !== '' && value !== '') readTraceHeader(exchange, name.toLowerCase(), value, options);
  }
}
