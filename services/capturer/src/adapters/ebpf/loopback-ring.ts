import { LinkType } from '@flowloom/packet';
import type { FrameSink } from '../../core/packet-source.ts';
import { type FilterOptions, maxOwn, type OwnConnection } from '../af-packet/capture-filter.ts';
import { type FrameRing, isLater } from '../af-packet/frame-ring.ts';
import type { Libc } from '../libc.ts';
import { BpfObject, loadLibbpf, wordsOf } from './libbpf.ts';
import { RingBuffer } from './ring-buffer.ts';
import { RUN, RunReader } from './segment-run.ts';

/** `struct frame` of bpf/loopback.bpf.c: u64 time, u32 bytes on the wire, u32 captured bytes, the bytes. */
const FRAME_BYTES = 16;
/** `state` there: u32 captured bytes at most, u32 whether anything is captured, u32 Counting, u64 second, a bit for each port. */
const STATE_WORDS = 6;
const STATE_BYTES = STATE_WORDS * 4 + 65_536 / 8;
const Counting = { no: 0, yes: 1, ends: 2 } as const;
type Counting = (typeof Counting)[keyof typeof Counting];
/** Frames have up to 65,552 bytes, runs less. */
const MOST_RECORD_BYTES = FRAME_BYTES + 65_552;
/** Size of the ring of what was counted in seconds that are over. */
const SECONDS_BYTES = 1 << 22;
const recordsPerRead = 1 << 16;
/** What was captured in a second is in the ring this long after its end. */
const graceUs = 50_000;
/** The program may take so much longer for its second, as the clocks drift apart. */
const slackUs = 20_000;

/** One of the two rings of the program, with what reads runs from it. */
class Records {
  readonly ring: RingBuffer;
  readonly runs: RunReader;

  constructor(libc: Libc, fd: number, bytes: number) {
    this.ring = new RingBuffer(libc, fd, bytes, MOST_RECORD_BYTES);
    this.runs = new RunReader(this.ring.words, this.ring.bytes);
  }
}

/**
 * Frames of loopback as they come in, by an eBPF program at its ingress (tcx) instead of a packet socket: three fifths of
 * the cost for the programs that talk there, less than half where segments are counted (bench/loopback.ts). It goes when it is closed, or
 * its process ends.
 *
 * Frames and what was counted up to them come in one ring, in the order in which they passed. What was counted in a second that is over comes
 * in another one, to be read when all frames of the second have been:
 *
 * ```
 *   frames:   [frame][run][frame of the same connection][frame] | of the next second ...
 *   seconds:                       [run][run][run]              |
 * ```
 */
export class LoopbackRing implements FrameRing {
  readonly #libc: Libc;
  readonly #object: BpfObject;
  readonly #frames: Records;
  readonly #seconds: Records;
  readonly #interfaceIndex: number;
  readonly #state = new Uint8Array(STATE_BYTES);
  readonly #bytes: number;
  #own: Uint8Array[] = [];
  /** What must be added to CLOCK_MONOTONIC for the time of day, and when the second of that ends that is being read; µs. */
  #offsetUs = 0;
  #endUs = 0;
  #isStopped = false;
  isHeld = false;
  isFilling = false;
  received = 0;
  dropped = 0;
  #packets = 0;

  /** @param bytes of the ring, rounded down to a power of two. Throws an `EbpfError` or a `SystemCallError`. */
  constructor(libc: Libc, interfaceIndex: number, bytes: number, filter: FilterOptions) {
    this.#libc = libc;
    this.#interfaceIndex = interfaceIndex;
    this.#bytes = 2 ** Math.floor(Math.log2(bytes));
    this.#object = new BpfObject(loadLibbpf(), 'loopback');
    try {
      this.#object.setMaxEntries('frames', this.#bytes);
      this.#object.load();
      this.#frames = new Records(libc, this.#object.mapFd('frames'), this.#bytes);
      this.#seconds = new Records(libc, this.#object.mapFd('seconds'), SECONDS_BYTES);
      this.#object.run('seconds_over'); // to know now if it is not allowed
      this.#beginSecond(monotonicUs());
      this.setFilter(filter);
      this.#object.attachIngress('loopback_frames', interfaceIndex);
    } catch (error) {
      void this.#object.close();
      throw error;
    }
  }

  setFilter({ snaplen, own, mayCount = false }: FilterOptions): void {
    const connections = own.slice(0, maxOwn);
    const keys = connections.flatMap(keysOf);
    const before = this.#own;
    this.#own = keys;
    for (const key of keys) this.#object.update('own', key, new Uint8Array(1));
    const isKept = (key: Uint8Array) => keys.some((one) => Buffer.compare(one, key) === 0);
    for (const key of before) if (!isKept(key)) this.#object.delete('own', key);
    const ports = STATE_WORDS * 4;
    this.#state.fill(0, ports);
    for (const { localPort } of connections) this.#state[ports + (localPort >> 3)] |= 1 << (localPort & 7);
    this.#setState(snaplen, 1, mayCount ? Counting.yes : this.#counting === Counting.no ? Counting.no : Counting.ends);
    if (!mayCount) this.#endCounting();
  }

  stop(): void {
    this.#setState(0, 0, this.#counting);
    this.#isStopped = true;
  }

  get #counting(): Counting {
    return this.#state[8] as Counting;
  }

  /** What was counted goes in front of the frames that come now. */
  #endCounting(): void {
    if (this.#counting === Counting.no) return;
    this.#object.run('counting_over');
    const [snaplen, isOn] = new Uint32Array(this.#state.buffer, 0, 2);
    this.#setState(snaplen, isOn, Counting.no);
  }

  #setState(snaplen: number, isOn: number, counting: Counting): void {
    new Uint32Array(this.#state.buffer, 0, 3).set([snaplen, isOn, counting]);
    this.#writeState();
  }

  #writeState(): void {
    this.#object.update('.bss', wordsOf(0), this.#state);
  }

  read(sink: FrameSink, beforeUs: number): number {
    let records = 0;
    const readyUs = monotonicUs() - (this.#isStopped ? 0 : graceUs);
    for (;;) {
      const endUs = this.#endUs;
      const frames = this.#read(this.#frames, sink, beforeUs, endUs, recordsPerRead);
      records += frames;
      const isOver = endUs - this.#offsetUs <= readyUs && !isLater(endUs - 1, beforeUs);
      if (!isOver || frames === recordsPerRead) break;
      this.#object.run('seconds_over');
      records += this.#read(this.#seconds, sink, beforeUs + slackUs, endUs + slackUs, Number.POSITIVE_INFINITY);
      this.#beginSecond(endUs - this.#offsetUs + 500_000);
    }
    if (this.#isStopped) records += this.#readLast(sink);
    this.isFilling = this.#frames.ring.waiting > this.#bytes / 16;
    return records;
  }

  /** All that is left, now that nothing comes any more. */
  #readLast(sink: FrameSink): number {
    const all = Number.POSITIVE_INFINITY;
    this.#endCounting();
    return this.#read(this.#seconds, sink, all, all, all) + this.#read(this.#frames, sink, all, all, all);
  }

  /** Up to the first that `isLater` than `beforeUs`, or comes at `endUs` or after it. */
  #read({ ring, runs }: Records, sink: FrameSink, beforeUs: number, endUs: number, most: number): number {
    const { bytes, words } = ring;
    this.isHeld = false;
    const take = (start: number): boolean => {
      const word = start >>> 2;
      const timeUs = Math.floor((words[word + 1] * 2 ** 32 + words[word]) / 1000 + this.#offsetUs);
      if (timeUs >= endUs || isLater(timeUs, beforeUs)) {
        this.isHeld = true;
        return false;
      }
      const [wireBytes, capturedBytes] = [words[word + 2], words[word + 3]];
      const frame = start + FRAME_BYTES;
      if (capturedBytes < RUN) {
        sink.frame(bytes, frame, capturedBytes, wireBytes, timeUs, LinkType.ethernet, this.#interfaceIndex, 0, 1);
        this.#packets++;
        return true;
      }
      const run = runs.read(start, this.#offsetUs);
      sink.run(bytes, frame, capturedBytes - RUN, wireBytes, LinkType.ethernet, this.#interfaceIndex, run);
      this.#packets += run.sent[0].packets + run.sent[1].packets;
      return true;
    };
    return ring.read(take, most, () => sink.settle());
  }

  /**
   * The second of the time of day begins to be read in which `withinUs` lies, by CLOCK_MONOTONIC. The clocks drift apart, and somebody
   * may set the time.
   */
  #beginSecond(withinUs: number): void {
    this.#offsetUs = this.#libc.monotonicOffsetUs();
    this.#endUs = (Math.floor((withinUs + this.#offsetUs) / 1e6) + 1) * 1e6;
    new BigUint64Array(this.#state.buffer, 16, 1)[0] = BigInt(Math.round((this.#endUs - this.#offsetUs) * 1000));
    this.#writeState();
  }

  readStatistics(): void {
    this.dropped = this.#object.sum('lost', 0);
    this.received = this.#packets + this.dropped;
  }

  close(): void {
    void this.#object.close();
    this.#frames.ring.close();
    this.#seconds.ring.close();
  }
}

/** CLOCK_MONOTONIC, µs. */
function monotonicUs(): number {
  return Number(process.hrtime.bigint()) / 1000;
}

/** `struct connection` in both directions: source, destination, ports; all in network order. */
function keysOf({ local, localPort, remote, remotePort }: OwnConnection): Uint8Array[] {
  const key = (source: readonly number[], sourcePort: number, destination: readonly number[], port: number) => {
    const view = new DataView(new ArrayBuffer(36));
    for (const [i, word] of [...source, ...destination].entries()) view.setUint32(4 * i, word);
    view.setUint16(32, sourcePort);
    view.setUint16(34, port);
    return new Uint8Array(view.buffer);
  };
  return [key(local, localPort, remote, remotePort), key(remote, remotePort, local, localPort)];
}
