import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { ApiKey, apis } from './apis.ts';
import type { Cursor } from './cursor.ts';
import { errorNames } from './error-names.ts';
import { readListedError } from './listed-errors.ts';
import { readRecordHeaders } from './record-batch.ts';
import { readTopic, setTopic, texts } from './request.ts';
import { readMetadata } from './topic-ids.ts';

/** Since which version the body begins with throttle_time_ms, then the error; by API key. 99: without throttle time. */
const throttleThenError = new Map<number, number>([
  [7, 99],
  [10, 1],
  [11, 2],
  [12, 1],
  [13, 1],
  [14, 1],
  [16, 1],
  [17, 99],
  [18, 99],
  [22, 0],
  [25, 0],
  [26, 0],
  [29, 0],
  [36, 99],
  [50, 0],
  [55, 99],
  [60, 0],
  [68, 0],
  [71, 0],
  [72, 0],
  [76, 0],
]);
/** The same, with an array whose members begin with the name and, at once or in an array of partitions, the error. */
const throttleThenTopics = new Map<number, number>([
  [2, 2],
  [8, 3],
  [24, 0], // AddPartitionsToTxn, to version 3: later ones are the brokers' own
  [28, 0],
]);

/** Errors by which the broker says that it cannot, or not now; all others are the client's. */
const brokerErrors = new Set([
  -1, 2, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 41, 56, 60, 70, 71, 72, 75, 78, 80, 83, 88, 89, 95, 97, 108, 129, 133,
]);

/** Reads the body of a response, behind its correlation id, to the request of that key and version. */
export function describeResponse(
  exchange: Exchange,
  key: number,
  version: number,
  cursor: Cursor,
  options: L7Options,
): void {
  cursor.flexible = version >= apis[key].flexible;
  if (key !== ApiKey.apiVersions) cursor.skipTags(); // its header has none (KIP-511)
  const error = readError(exchange, key, version, cursor, options);
  exchange.response_status = 'ok';
  if (cursor.failed || error === -2) return;
  exchange.response_code = String(error);
  if (error === 0) return;
  exchange.response_status = brokerErrors.has(error) ? 'server_error' : 'client_error';
  exchange.response_exception = errorNames[error + 1] ?? `ERROR_${error}`;
}

/** The error; where each partition has its own, that of the first. -2 where it is not read. */
function readError(exchange: Exchange, key: number, version: number, cursor: Cursor, options: L7Options): number {
  if (key === ApiKey.produce) return readPartitions(exchange, version >= 13, cursor);
  if (key === ApiKey.fetch) return readFetch(exchange, version, cursor, options);
  if (key === ApiKey.metadata) return readMetadata(cursor, version, texts);
  const since = throttleThenError.get(key);
  if (since !== undefined && !(key === 10 && version >= 4)) {
    if (version >= since) cursor.skip(4);
    return cursor.int16();
  }
  const topicsSince = throttleThenTopics.get(key);
  if (topicsSince === undefined || (key === 24 && version >= 4)) return readListedError(key, version, cursor) ?? -2;
  if (version >= topicsSince) cursor.skip(4);
  return readPartitions(null, false, cursor);
}

/**
 * Fetch: throttle_time_ms (32; 1+), error (16; 7+), session (32; 7+), [topics: name or id (13+), [partitions: index (32),
 * error (16), high_watermark (64), last_stable_offset (64; 4+), log_start_offset (64; 5+), [aborted_transactions: 64, 64]
 * (4+), preferred_read_replica (32; 11+), records]]: the first partition, with the context of its first record.
 */
function readFetch(exchange: Exchange, version: number, cursor: Cursor, options: L7Options): number {
  if (version >= 1) cursor.skip(4);
  const error = version >= 7 ? cursor.int16() : 0;
  if (version >= 7) cursor.skip(4);
  if (error !== 0 || cursor.failed) return error;
  const partitionError = readPartitions(exchange, version >= 13, cursor);
  if (partitionError !== 0 || cursor.failed || version < 4) return partitionError;
  cursor.skip(version >= 5 ? 24 : 16);
  for (let aborted = cursor.array(); aborted > 0 && !cursor.failed; aborted--) {
    cursor.skip(16);
    cursor.skipTags();
  }
  if (version >= 11) cursor.skip(4);
  if (!cursor.failed && cursor.array() > 0) readRecordHeaders(exchange, cursor, options);
  cursor.failed = false; // what lies behind the error may be cut
  return 0;
}

/** [topics: name or id, [partitions: index (32), error (16), ...]]: the first one. */
function readPartitions(exchange: Exchange | null, byId: boolean, cursor: Cursor): number {
  const topics = cursor.array();
  if (topics <= 0) return 0;
  const topic = readTopic(cursor, byId);
  if (exchange !== null && exchange.request_resource === '') setTopic(exchange, topic);
  if (!(cursor.array() > 0)) return 0;
  cursor.skip(4);
  return cursor.int16();
}
