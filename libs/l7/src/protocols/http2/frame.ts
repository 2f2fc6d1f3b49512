import { i32be, u24be } from '../../bytes/numbers.ts';

/** RFC 9113 6, and PRIORITY_UPDATE of RFC 9218. */
export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
  priorityUpdate: 16,
} as const;

export const Flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

export const FRAME_HEADER_BYTES = 9;
/** What every end accepts (SETTINGS_MAX_FRAME_SIZE); more must have been agreed upon. */
const USUAL_LENGTH = 16_384;

/** Flags that a type defines. */
const definedFlags: Readonly<Record<number, number>> = {
  0: 0x09,
  1: 0x2d,
  2: 0,
  3: 0,
  4: 0x01,
  5: 0x0c,
  6: 0x01,
  7: 0,
  8: 0,
  9: 0x04,
};

/**
 *     +-----------------------------------------------+
 *     |                 Length (24)                   |
 *     +---------------+---------------+---------------+
 *     |   Type (8)    |   Flags (8)   |
 *     +-+-------------+---------------+-------------------------------+
 *     |R|                 Stream Identifier (31)                      |
 *     +=+=============================================================+      RFC 9113 4.1
 */
export class FrameHeader {
  /** Of the payload. */
  length = 0;
  type = 0;
  flags = 0;
  stream = 0;

  read(bytes: Uint8Array, at: number): void {
    this.length = u24be(bytes, at);
    this.type = bytes[at + 3];
    this.flags = bytes[at + 4];
    this.stream = i32be(bytes, at + 5) & 0x7fff_ffff;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** May such a frame exist? Types to come must be ignored (5.5), so that they are possible as well. */
  get isPossible(): boolean {
    switch (this.type) {
      case FrameType.data:
      case FrameType.headers:
      case FrameType.continuation:
      case FrameType.pushPromise:
        return this.stream !== 0;
      case FrameType.priority:
        return this.stream !== 0 && this.length === 5;
      case FrameType.rstStream:
        return this.stream !== 0 && this.length === 4;
      case FrameType.settings:
        return this.stream === 0 && this.length % 6 === 0 && this.length <= 600;
      case FrameType.ping:
        return this.stream === 0 && this.length === 8;
      case FrameType.goAway:
        return this.stream === 0 && this.length >= 8 && this.length <= USUAL_LENGTH;
      case FrameType.windowUpdate:
        return this.length === 4;
      default:
        return this.length <= USUAL_LENGTH;
    }
  }

  /** Is it one that usual ends send? For finding frames among other bytes. */
  get isUsual(): boolean {
    const flags = definedFlags[this.type];
    if (flags === undefined) return this.type === FrameType.priorityUpdate && this.#isPriorityUpdate;
    // Streams of the server's own, which have even numbers, are hardly used any more.
    const stream = this.stream === 0 || ((this.stream & 1) === 1 && this.stream < 0x100_0000);
    return this.isPossible && this.length <= USUAL_LENGTH && (this.flags & ~flags) === 0 && stream;
  }

  /** RFC 9218 7.1: a stream and a structured field, on stream 0. */
  get #isPriorityUpdate(): boolean {
    return this.stream === 0 && this.flags === 0 && this.length > 4 && this.length < 256;
  }
}
