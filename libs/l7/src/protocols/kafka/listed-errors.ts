import type { Cursor } from './cursor.ts';

interface ListedErrors {
  /** Version since which throttle_time_ms (32) stands before the list. */
  readonly throttleSince: number;
  /** What stands before the error (16) in each member. */
  readonly before: (cursor: Cursor, version: number) => void;
}

const TOPIC_ID = 16;
const nothing = () => {};
const name = (cursor: Cursor) => cursor.skipString();
const nameAndId = (since: number) => (cursor: Cursor, version: number) => {
  cursor.skipString();
  if (version >= since) cursor.skip(TOPIC_ID);
};
/** key, node id (32), host, port (32) */
const coordinator = (cursor: Cursor) => {
  cursor.skipString();
  cursor.skip(4);
  cursor.skipString();
  cursor.skip(4);
};

/** Responses that are a list of what was asked for, each with an error of its own; by API key. */
const lists = new Map<number, ListedErrors>([
  [10, { throttleSince: 0, before: coordinator }], // FindCoordinator, from version 4 on
  [15, { throttleSince: 1, before: nothing }], // DescribeGroups
  [19, { throttleSince: 2, before: nameAndId(7) }], // CreateTopics
  [20, { throttleSince: 1, before: nameAndId(6) }], // DeleteTopics
  [30, { throttleSince: 0, before: nothing }], // CreateAcls
  [31, { throttleSince: 0, before: nothing }], // DeleteAcls
  [32, { throttleSince: 0, before: nothing }], // DescribeConfigs
  [37, { throttleSince: 0, before: name }], // CreatePartitions
  [42, { throttleSince: 0, before: name }], // DeleteGroups
  [44, { throttleSince: 0, before: nothing }], // IncrementalAlterConfigs
]);

/** The error of the first member; 0 for an empty list, undefined where the response of that key is none. */
export function readListedError(key: number, version: number, cursor: Cursor): number | undefined {
  const list = lists.get(key);
  if (list === undefined) return undefined;
  if (version >= list.throttleSince) cursor.skip(4);
  if (cursor.array() <= 0) return 0;
  list.before(cursor, version);
  return cursor.int16();
}
