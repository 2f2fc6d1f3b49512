/**
 * The unread bytes [start, end) of one direction, or one datagram. The engine owns and re-uses it: valid during the call.
 * Usually a window on the captured segment itself; only a message that spans segments is seen in a copy.
 */
export class View {
  bytes: Uint8Array = empty;
  start = 0;
  end = 0;
  /** Bytes right behind `end` that were not captured: 0 while more may come. */
  missing = 0;
  /** Time of the segment that holds the last byte, µs. */
  timeUs = 0;
  /** TCP sequence number of the byte at `end`, as a signed 32-bit integer. */
  endSeq = 0;
  /** First bytes held from earlier segments: indices at which a segment ended, with its time, in pairs; null if none. */
  marks: number[] | null = null;

  get length(): number {
    return this.end - this.start;
  }

  /** Time of the segment that holds the byte at `index`, µs since the epoch. */
  timeAt(index: number): number {
    const { marks } = this;
    if (marks !== null) for (let i = 0; i < marks.length; i += 2) if (index < marks[i]) return marks[i + 1];
    return this.timeUs;
  }

  /** TCP sequence number of the byte at `index`. */
  seqAt(index: number): number {
    return (this.endSeq - (this.end - index)) >>> 0;
  }
}

const empty = new Uint8Array(0);
