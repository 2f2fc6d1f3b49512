/** The part of kafkajs's inside that `read-committed.ts` mends; kafkajs has no types for it. */
declare module 'kafkajs/src/broker/index.js' {
  import type { FetchedPartition } from './aborted-records.ts';

  interface FetchResponse {
    readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
  }
  export default class Broker {
    fetch(request: unknown): Promise<FetchResponse>;
  }
}
