import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';

const END_OF_NAME = '\u0001';
const END_OF_PROPERTY = '\u0002';
const MAX_PROPERTIES = 64;

/** Properties of a message: `name SOH value STX ...`. Takes trace context and the client's id of the message. */
export function readMessageProperties(exchange: Exchange, properties: string, options: L7Options): void {
  for (const property of properties.split(END_OF_PROPERTY, MAX_PROPERTIES)) {
    const separator = property.indexOf(END_OF_NAME);
    if (separator < 0) continue;
    const name = property.slice(0, separator);
    const value = property.slice(separator + 1);
    if (name === 'UNIQ_KEY') {
      exchange.x_request_id ||= value;
      exchange.attribute('messaging.message.id', value);
    } else if (name === 'TAGS') exchange.attribute('messaging.rocketmq.message.tag', value);
    else readTraceHeader(exchange, name.toLowerCase(), value, options);
  }
}
