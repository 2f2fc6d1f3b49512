import type { TextCache } from '../../bytes/text-cache.ts';
import type { Cursor } from './cursor.ts';

const MAX_KNOWN = 16_384;

/**
 * Names of topic ids, which stand in place of names since Fetch 13 and Produce 13. Ids are unique all over the world, so one table serves
 * all connections: the client often asks for metadata on another connection than it fetches on.
 */
const names = new Map<string, string>();

/** Reads a UUID; as Kafka writes it, in base64url. */
export function readTopicId(cursor: Cursor): string {
  const from = cursor.at;
  cursor.skip(16);
  return cursor.failed ? '' : Buffer.from(cursor.bytes.subarray(from, cursor.at)).toString('base64url');
}

/** The name of a topic by its id, as far as it was seen; else the id. */
export const topicOfId = (id: string): string => names.get(id) ?? id;

/**
 * Reads a Metadata response, whose cursor stands at the body, and learns the names of ids, which are there since version 10:
 *
 *     throttle_time_ms (32; 3+), [brokers: node_id (32), host, port (32), rack (1+)], cluster_id (2+), controller_id (32; 1+),
 *     [topics: error_code (16), name, topic_id (128; 10+), ...]
 *
 * Returns the first error of a topic, before version 10 that of the first topic; 0 without.
 */
export function readMetadata(cursor: Cursor, version: number, texts: TextCache): number {
  if (version >= 3) cursor.skip(4);
  for (let n = cursor.array(); n > 0 && !cursor.failed; n--) {
    cursor.skip(4);
    cursor.skipString();
    cursor.skip(4);
    if (version >= 1) cursor.skipString();
    cursor.skipTags();
  }
  if (version >= 2) cursor.skipString();
  if (version >= 1) cursor.skip(4);
  const topics = cursor.array();
  if (version < 10) return topics > 0 ? cursor.int16() : 0;
  return learnTopicIds(cursor, topics, texts);
}

function learnTopicIds(cursor: Cursor, topics: number, texts: TextCache): number {
  let firstError = 0;
  for (let i = 0; i < topics && !cursor.failed; i++) {
    const error = cursor.int16();
    const name = cursor.string(texts);
    const id = readTopicId(cursor);
    if (cursor.failed) break;
    if (firstError === 0) firstError = error;
    if (error === 0 && name !== '') remember(id, name);
    skipPartitions(cursor);
  }
  return firstError;
}

function remember(id: string, name: string): void {
  if (names.size >= MAX_KNOWN && !names.has(id)) names.delete(names.keys().next().value!);
  names.set(id, name);
}

/** is_internal (8), [partitions: error (16), index (32), leader (32), epoch (32), [replicas], [isr], [offline]], operations (32) */
function skipPartitions(cursor: Cursor): void {
  cursor.skip(1);
  for (let n = cursor.array(); n > 0 && !cursor.failed; n--) {
    cursor.skip(14);
    for (let list = 0; list < 3; list++) cursor.skip(4 * Math.max(0, cursor.array()));
    cursor.skipTags();
  }
  cursor.skip(4);
  cursor.skipTags();
}
