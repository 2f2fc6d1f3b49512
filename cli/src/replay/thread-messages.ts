import type { MovedBatch } from '@flowloom/records';
import type { FileRead } from './packet-reader.ts';

/** From a packet thread. */
export type FromPacketThread =
  /** Rows of the second number `tick` of the capture: further ones of the same second may follow. */
  | {
      readonly type: 'rows';
      readonly tick: number;
      readonly record: 'flows' | 'requests';
      readonly batch: MovedBatch;
    }
  /** All seconds before `tick` are complete. */
  | { readonly type: 'reached'; readonly tick: number }
  | { readonly type: 'end'; readonly files: readonly FileRead[] };

/** To a packet thread: so many batches were used up. */
export interface ToPacketThread {
  readonly batches: number;
}
