import { text } from '../../bytes/text.ts';
import { decompress, type Format } from '../../compression/decompress.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';
import { Cursor } from './cursor.ts';

/** By bits 0 to 2 of the attributes (KIP-98, KIP-110). */
const codecs: readonly (Format | undefined)[] = [undefined, 'zlib', 'snappy', 'lz4 frame', 'zstd'];
const MAX_HEADERS = 64;
const MAX_KEY = 64;
const COMPRESSION = 0x07;
/** Of a batch, behind its length. */
const BATCH_HEAD = 49;
const inflated = new Cursor();

/**
 * Record batch, magic 2: base offset (64), length (32), leader epoch (32), magic (8), CRC (32), attributes (16), last
 * offset delta (32), timestamps (64, 64), producer id (64) and epoch (16), sequence (32), number of records (32), records. Takes
 * the number of messages, and trace context from the headers of the first record, as far as compression leaves it to be seen.
 */
export function readRecordHeaders(exchange: Exchange, cursor: Cursor, options: L7Options): void {
  cursor.skip(8);
  const length = cursor.int32();
  cursor.skip(4);
  if (cursor.int8() !== 2) return;
  cursor.skip(4);
  const attributes = cursor.int16();
  cursor.skip(4 + 16 + 14);
  const count = cursor.int32();
  if (cursor.failed || count <= 0) return;
  if (count > 1) exchange.attribute('messaging.batch.message_count', count);
  const isPlain = (attributes & COMPRESSION) === 0;
  const codec = codecs[attributes & COMPRESSION];
  if (isPlain) readFirstRecord(exchange, cursor, options);
  else if (codec !== undefined && options.details && length > BATCH_HEAD) {
    const records = decompress(codec, cursor.bytes, cursor.at, Math.min(cursor.end, cursor.at + length - BATCH_HEAD));
    inflated.set(records, 0, records.length);
    readFirstRecord(exchange, inflated, options);
  }
}

/** length, attributes (8), timestamp delta, offset delta, key, value, [headers: key, value]: lengths as zigzag varints */
function readFirstRecord(exchange: Exchange, cursor: Cursor, options: L7Options): void {
  cursor.zigzag();
  cursor.skip(1);
  skipLong(cursor);
  cursor.zigzag();
  cursor.skip(Math.max(0, cursor.zigzag()));
  cursor.skip(Math.max(0, cursor.zigzag()));
  const headers = Math.min(cursor.zigzag(), MAX_HEADERS);
  for (let i = 0; i < headers && !cursor.failed; i++) {
    const key = take(cursor, MAX_KEY);
    const value = take(cursor, 1024);
    if (key !== '' && value !== '') readTraceHeader(exchange, key.toLowerCase(), value, options);
  }
}

/** A VARLONG has up to ten bytes. */
function skipLong(cursor: Cursor): void {
  for (let i = 0; i < 10 && cursor.int8() < 0; i++);
}

function take(cursor: Cursor, limit: number): string {
  const length = Math.max(0, cursor.zigzag());
  const from = cursor.at;
  cursor.skip(length);
  return cursor.failed || length > limit ? '' : text(cursor.bytes, from, cursor.at);
}
