import { type Direction, opposite } from '../direction.ts';
import { Ahead } from './ahead.ts';
import type { ConnectionInfo } from './connection.ts';
import type { L7Engine } from './engine.ts';
import { Stream } from './stream.ts';
import { StreamReader } from './stream-reader.ts';

const FIN = 1;
const SYN = 2;
const ACK = 16;

/** Farther apart than any window: the numbers belong to another connection, or the capture began anew. */
const MAX_DISTANCE = 1 << 28;

/** A byte stream each way: puts TCP segments in order, and hands them to the reader. */
export class StreamConnection extends StreamReader {
  readonly #stream0 = new Stream();
  readonly #stream1 = new Stream();

  constructor(engine: L7Engine, info: ConnectionInfo) {
    super(engine, info);
  }

  protected stream(direction: Direction): Stream {
    return direction === 0 ? this.#stream0 : this.#stream1;
  }

  /**
   * A TCP segment.
   *
   * @param seq sequence number as in the header (RFC 9293 3.1)
   * @param start @param end the captured payload in `bytes`, borrowed during the call
   * @param declaredBytes payload on the wire: more than was captured if the capture cut it
   * @param flags TCP flags as in the header
   * @param ack acknowledgement number: shows sooner what the capture has lost
   */
  segment(
    direction: Direction,
    seq: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    declaredBytes: number,
    timeUs: number,
    flags: number,
    ack = 0,
  ): void {
    if (this.finished) return;
    const stream = this.stream(direction);
    if ((flags & SYN) !== 0) {
      seq = (seq + 1) | 0;
      if (!stream.started) this.#begin(stream, seq);
    }
    const other = this.stream(opposite(direction));
    if (other.ahead !== null && (flags & ACK) !== 0 && ((ack - other.next) | 0) > 0) {
      this.#declareHole(opposite(direction), timeUs);
      if (this.finished) return;
    }
    if ((flags & FIN) !== 0) {
      stream.finSeen = true;
      stream.finSeq = (seq + declaredBytes) | 0;
    }
    if (declaredBytes > 0) this.#place(direction, stream, seq | 0, bytes, start, end, declaredBytes, timeUs);
    if (stream.finSeen && stream.started && stream.next === stream.finSeq && !this.finished)
      this.conversation?.ended?.(direction);
  }

  /** Payload of a system call: in order by its nature. `seq` is that of its first byte, where the socket told it. */
  chunk(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    declaredBytes: number,
    timeUs: number,
    seq?: number,
  ): void {
    if (this.finished || declaredBytes === 0) return;
    const stream = this.stream(direction);
    if (seq !== undefined) stream.next = seq | 0;
    stream.started = true;
    this.arrive(direction, bytes, start, end, declaredBytes, timeUs);
  }

  /** Whether segments of that direction wait for bytes before them. */
  hasHole(direction: Direction): boolean {
    return this.stream(direction).ahead !== null;
  }

  /** Reads on behind what is missing in that direction: it will not come. */
  passHoles(direction: Direction, timeUs: number): void {
    while (this.stream(direction).ahead !== null && !this.finished) this.#declareHole(direction, timeUs);
  }

  /** Bytes still to come in that direction that no parser will read: a long body. */
  unread(direction: Direction): number {
    return this.stream(direction).skip;
  }

  /** The connection has ended, by whatever means: reads what is left and reports what is open. */
  close(timeUs: number): void {
    if (this.finished) return;
    for (const direction of [0, 1] as const) this.passHoles(direction, timeUs);
    if (this.finished) return;
    this.conclude(timeUs);
  }

  #begin(stream: Stream, seq: number): void {
    stream.started = true;
    stream.next = seq | 0;
  }

  #place(
    direction: Direction,
    stream: Stream,
    seq: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    declared: number,
    timeUs: number,
  ): void {
    if (!stream.started) this.#begin(stream, seq);
    const distance = (seq - stream.next) | 0;
    if (distance > 0) {
      if (distance < MAX_DISTANCE) {
        this.#keepAhead(direction, stream, seq, bytes, start, end, declared, timeUs);
        return;
      }
      this.restart(direction, timeUs);
      if (this.finished) return;
      stream.next = seq;
    } else if (distance < 0) {
      const repeated = -distance;
      if (repeated >= declared) {
        if (repeated < MAX_DISTANCE) return;
        this.restart(direction, timeUs);
        if (this.finished) return;
        stream.next = seq;
      } else {
        start = Math.min(start + repeated, end);
        declared -= repeated;
      }
    }
    this.arrive(direction, bytes, start, end, declared, timeUs);
    if (stream.ahead !== null) this.#catchUp(direction, stream);
  }

  #keepAhead(
    direction: Direction,
    stream: Stream,
    seq: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    declared: number,
    timeUs: number,
  ): void {
    const { options, stats } = this.engine;
    const ahead = (stream.ahead ??= new Ahead());
    const unread = ((seq + declared - stream.next) | 0) <= stream.skip;
    const full = stats.heldBytes > options.maxHeldBytesOverall;
    if (full) stats.aheadOverflow++;
    const before = ahead.bytes;
    ahead.add({ seq, declared, bytes: unread || full ? nothing : bytes.slice(start, end), timeUs });
    stats.heldBytes += ahead.bytes - before;
    if (
      ahead.count > options.maxAheadSegments ||
      ahead.bytes > options.maxAheadBytes ||
      timeUs - ahead.sinceUs > options.maxAheadMs * 1000
    ) {
      this.#declareHole(direction, timeUs);
    }
  }

  /** Takes the hole for lost and reads on behind it. */
  #declareHole(direction: Direction, timeUs: number): void {
    const stream = this.stream(direction);
    const first = stream.ahead?.first;
    if (first === undefined) return;
    const hole = (first.seq - stream.next) | 0;
    if (hole > 0) this.arrive(direction, nothing, 0, 0, hole, Math.min(first.timeUs, timeUs));
    this.#catchUp(direction, stream);
  }

  #catchUp(direction: Direction, stream: Stream): void {
    const { stats } = this.engine;
    for (let first = stream.ahead?.first; first !== undefined; first = stream.ahead?.first) {
      const repeated = (stream.next - first.seq) | 0;
      if (repeated < 0) return;
      stream.ahead!.shift();
      stats.heldBytes -= first.bytes.length;
      if (repeated < first.declared && !this.finished) {
        const { bytes } = first;
        const start = Math.min(repeated, bytes.length);
        this.arrive(direction, bytes, start, bytes.length, first.declared - repeated, first.timeUs);
      }
    }
    stream.ahead = null;
  }

  protected override conclude(timeUs: number): void {
    super.conclude(timeUs);
    for (const stream of [this.#stream0, this.#stream1]) {
      if (stream.ahead) this.engine.stats.heldBytes -= stream.ahead.bytes;
      stream.ahead = null;
    }
  }
}

const nothing = new Uint8Array(0);
