/** A segment that came before one that belongs in front of it. */
export interface AheadSegment {
  /** Sequence number of its first byte, as a signed 32-bit integer. */
  seq: number;
  /** Length on the wire; `bytes` may be shorter, and is empty where nobody will read it. */
  declared: number;
  bytes: Uint8Array;
  timeUs: number;
}

/** Segments ahead of a hole in one direction, in order of their sequence numbers. */
export class Ahead {
  readonly #segments: AheadSegment[] = [];
  /** Bytes kept. */
  bytes = 0;

  get count(): number {
    return this.#segments.length;
  }

  get first(): AheadSegment | undefined {
    return this.#segments[0];
  }

  /** When the oldest of them came, µs. */
  get sinceUs(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const segment of this.#segments) if (segment.timeUs < since) since = segment.timeUs;
    return since;
  }

  /** Keeps a segment; of two with the same start the longer stays. Its bytes belong to this object. */
  add(segment: AheadSegment): void {
    let at = this.#segments.length;
    while (at > 0 && ((segment.seq - this.#segments[at - 1].seq) | 0) < 0) at--;
    const before = this.#segments[at - 1];
    if (before?.seq === segment.seq) {
      if (before.declared >= segment.declared) return;
      this.bytes -= before.bytes.length;
      this.#segments[at - 1] = segment;
    } else this.#segments.splice(at, 0, segment);
    this.bytes += segment.bytes.length;
  }

  shift(): AheadSegment {
    const segment = this.#segments.shift()!;
    this.bytes -= segment.bytes.length;
    return segment;
  }
}
