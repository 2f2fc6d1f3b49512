import type { Protocol } from '../protocol.ts';
import type { Ahead } from './ahead.ts';
import type { HeldBytes } from './held-bytes.ts';

/**
 * One direction of a byte stream. Small, as there are two per connection: what is rarely needed is null meanwhile.
 *
 *      read and forgotten |  held  | next                 first.seq
 *     --------------------+--------+- - - - (hole) - - - -+-- ahead --
 *                                  |<-- skip -->
 */
export class Stream {
  /** Sequence number of the next byte in order, as a signed 32-bit integer; valid once `started`. */
  next = 0;
  started = false;
  /** Bytes from `next` on that nobody will read. */
  skip = 0;
  /** False while a message start is sought. */
  synced = true;
  /** Times in a row that no message was found where one should have been. */
  losses = 0;
  /** Sequence number behind the last byte, if a FIN was seen. */
  finSeq = 0;
  finSeen = false;
  /** When the last segment in order came, µs. */
  lastUs = 0;
  held: HeldBytes | null = null;
  ahead: Ahead | null = null;
  /** What the bytes held may be, while the protocol is unknown. */
  maybe: readonly Protocol[] = none;
}

const none: readonly Protocol[] = [];
