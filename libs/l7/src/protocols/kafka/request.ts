import { TextCache } from '../../bytes/text-cache.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { ApiKey, apis } from './apis.ts';
import type { Cursor } from './cursor.ts';
import { readRecordHeaders } from './record-batch.ts';
import { readTopicId, topicOfId } from './topic-ids.ts';

export const texts = new TextCache(4096);

/** Requests that begin with a group: OffsetCommit, OffsetFetch to 7, JoinGroup, Heartbeat, LeaveGroup, SyncGroup. */
const groupFirst = new Set([8, 9, 11, 12, 13, 14, 47, 68, 76, 88]);

/**
 * Reads the body of a request, behind correlation id; the client id is next. Returns true if no response will come (acks = 0).
 */
export function describeRequest(
  exchange: Exchange,
  key: number,
  version: number,
  cursor: Cursor,
  options: L7Options,
): boolean {
  exchange.request_type = apis[key].name;
  exchange.version = String(version);
  exchange.endpoint = apis[key].name;
  exchange.attribute('messaging.client.id', cursor.string(texts));
  cursor.flexible = version >= apis[key].flexible;
  cursor.skipTags();
  if (key === ApiKey.produce) return describeProduce(exchange, version, cursor, options);
  if (key === ApiKey.fetch) describeFetch(exchange, version, cursor);
  else if (groupFirst.has(key) && !(key === 9 && version > 7))
    exchange.attribute('messaging.consumer.group.name', cursor.string(texts));
  return false;
}

/** Produce: transactional_id (3+), acks (16), timeout (32), [topics: name or id (13+), [partitions: index (32), records]] */
function describeProduce(exchange: Exchange, version: number, cursor: Cursor, options: L7Options): boolean {
  if (version >= 3) cursor.skipString();
  const acks = cursor.int16();
  cursor.skip(4);
  if (cursor.array() > 0) {
    setTopic(exchange, readTopic(cursor, version >= 13));
    if (cursor.array() > 0) {
      const partition = cursor.int32();
      if (!cursor.failed) exchange.attribute('messaging.destination.partition.id', String(partition));
      cursor.array(); // length of the records
      if (!cursor.failed) readRecordHeaders(exchange, cursor, options);
    }
  }
  return acks === 0;
}

/**
 * Fetch: replica_id (32; to 14), max_wait (32), min_bytes (32), max_bytes (32; 3+), isolation (8; 4+), session id and epoch
 * (32, 32; 7+), [topics: name or id (13+), [partitions: index (32), leader epoch (32; 9+), offset (64) ...]]. Topics of a
 * session that go on are left out.
 */
function describeFetch(exchange: Exchange, version: number, cursor: Cursor): void {
  cursor.skip(version >= 15 ? 8 : 12);
  if (version >= 3) cursor.skip(4);
  if (version >= 4) cursor.skip(1);
  if (version >= 7) cursor.skip(8);
  if (!(cursor.array() > 0)) return;
  setTopic(exchange, readTopic(cursor, version >= 13));
  if (!(cursor.array() > 0)) return;
  const partition = cursor.int32();
  if (version >= 9) cursor.skip(4);
  const offset = cursor.uint64();
  if (cursor.failed) return;
  exchange.attribute('messaging.destination.partition.id', String(partition));
  if (offset <= Number.MAX_SAFE_INTEGER) exchange.attribute('kafka.offset', offset);
}

export const readTopic = (cursor: Cursor, byId: boolean): string =>
  byId ? topicOfId(readTopicId(cursor)) : cursor.string(texts);

export function setTopic(exchange: Exchange, topic: string): void {
  if (topic === '') return;
  exchange.request_resource = topic;
  exchange.endpoint = `${exchange.request_type} ${topic}`;
}
