/** Everything that a bus reports: whoever listens turns it into logs and counters. */
export type BusEvent =
  | { readonly type: 'sent'; readonly topic: string; readonly records: number; readonly bytes: number }
  | {
      readonly type: 'received';
      readonly topic: string;
      readonly partition: number;
      readonly records: number;
      readonly bytes: number;
      /** Records that wait in the partition behind this batch. */
      readonly lag: number;
    }
  | { readonly type: 'committed'; readonly topic: string; readonly partition: number; readonly offset: number }
  | { readonly type: 'retried'; readonly what: 'connect' | 'send' | 'commit' | 'handler'; readonly reason: string }
  | { readonly type: 'handler-failed'; readonly reason: string }
  | { readonly type: 'rebalanced'; readonly groupId: string; readonly assigned: number; readonly revoked: number }
  | { readonly type: 'dead-lettered'; readonly topic: string; readonly reason: string }
  | { readonly type: 'connected' | 'disconnected'; readonly broker: string; readonly reason?: string };
