import { u16be, u32be } from '../../bytes/numbers.ts';
import { ProtobufFields } from '../../bytes/protobuf-fields.ts';
import { text } from '../../bytes/text.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';

const CHECKSUM_MAGIC = 0x0e01;
const BROKER_MAGIC = 0x0e02;
const PROPERTIES = 4;
const MESSAGES_IN_BATCH = 11;

const fields = new ProtobufFields();
const pair = new ProtobufFields();

/** Reads the metadata before a payload, as far as it is there: properties with trace context, and the size of a batch. */
export function readMetadata(
  exchange: Exchange,
  bytes: Uint8Array,
  start: number,
  end: number,
  options: L7Options,
): void {
  let at = start;
  if (at + 6 <= end && u16be(bytes, at) === BROKER_MAGIC) at += 6 + u32be(bytes, at + 2);
  if (at + 6 <= end && u16be(bytes, at) === CHECKSUM_MAGIC) at += 6;
  if (at + 4 > end) return;
  fields.over(bytes, at + 4, Math.min(end, at + 4 + u32be(bytes, at)));
  while (fields.next()) {
    if (fields.number === PROPERTIES && fields.wireType === 2)
      readProperty(exchange, bytes, fields.start, fields.end, options);
    else if (fields.number === MESSAGES_IN_BATCH && fields.wireType === 0)
      exchange.attribute('messaging.batch.message_count', fields.value);
  }
}

function readProperty(exchange: Exchange, bytes: Uint8Array, start: number, end: number, options: L7Options): void {
  let name = '';
  pair.over(bytes, start, end);
  while (pair.next()) {
    if (pair.wireType !== 2) continue;
    if (pair.number === 1) name = text(bytes, pair.start, pair.end, 64).toLowerCase();
    else if (pair.number === 2) readTraceHeader(exchange, name, text(bytes, pair.start, pair.end, 512), options);
  }
}
