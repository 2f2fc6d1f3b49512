import { LinkType } from '@flowloom/packet';
import type { FrameSink } from '../../core/packet-source.ts';
import { type FilterOptions, maxOwn, type OwnConnection } from '../af-packet/capture-filter.ts';
import { type FrameRing, isLater } from '../af-packet/frame-ring.ts';
import type { Libc } from '../libc.ts';
import { BpfObject, loadLibbpf } from './libbpf.ts';
import { RingBuffer } from './ring-buffer.ts';

/** `struct frame` of bpf/loopback.bpf.c: u64 time, u32 bytes on the wire, u32 captured bytes, the bytes. */
const FRAME_BYTES = 16;
/** `state` there: u32 captured bytes at most, u32 whether anything is captured, a bit for each port. */
const STATE_BYTES = 8 + 65_536 / 8;
const framesPerRead = 1 << 16;
const clockMs = 1000;

/**
 * Frames of loopback as they come in, by an eBPF program at its ingress (tcx) instead of a packet socket: a third of the cost
 * for the programs that talk there. It goes when it is closed, or its process ends.
 */
export class LoopbackRing implements FrameRing {
  readonly #libc: Libc;
  readonly #object: BpfObject;
  readonly #ring: RingBuffer;
  readonly #interfaceIndex: number;
  readonly #state = new Uint8Array(STATE_BYTES);
  #own: Uint8Array[] = [];
  #clockOffsetUs = 0;
  #clockMs = Number.NEGATIVE_INFINITY;
  readonly #bytes: number;
  isHeld = false;
  isFilling = false;
  received = 0;
  dropped = 0;
  #frames = 0;

  /** @param bytes of the ring, rounded down to a power of two. Throws an `EbpfError` or a `SystemCallError`. */
  constructor(libc: Libc, interfaceIndex: number, bytes: number, filter: FilterOptions) {
    this.#libc = libc;
    this.#interfaceIndex = interfaceIndex;
    this.#bytes = 2 ** Math.floor(Math.log2(bytes));
    this.#object = new BpfObject(loadLibbpf(), 'loopback');
    try {
      this.#object.setMaxEntries('frames', this.#bytes);
      this.#object.load();
      this.#ring = new RingBuffer(libc, this.#object.mapFd('frames'), this.#bytes);
      this.setFilter(filter);
      this.#object.attachIngress('loopback_frames', interfaceIndex);
    } catch (error) {
      void this.#object.close();
      throw error;
    }
  }

  setFilter({ snaplen, own }: FilterOptions): void {
    const connections = own.slice(0, maxOwn);
    const keys = connections.flatMap(keysOf);
    const before = this.#own;
    this.#own = keys;
    for (const key of keys) this.#object.update('own', key, new Uint8Array(1));
    const isKept = (key: Uint8Array) => keys.some((one) => Buffer.compare(one, key) === 0);
    for (const key of before) if (!isKept(key)) this.#object.delete('own', key);
    this.#state.fill(0, 8);
    for (const { localPort } of connections) this.#state[8 + (localPort >> 3)] |= 1 << (localPort & 7);
    this.#setState(snaplen, 1);
  }

  stop(): void {
    this.#setState(0, 0);
  }

  #setState(snaplen: number, isOn: number): void {
    new Uint32Array(this.#state.buffer, 0, 2).set([snaplen, isOn]);
    this.#object.update('.bss', new Uint8Array(4), this.#state);
  }

  read(sink: FrameSink, beforeUs: number): number {
    this.#setClock();
    const { bytes, words } = this.#ring;
    this.isHeld = false;
    this.isFilling = this.#ring.waiting > this.#bytes / 16;
    const take = (start: number): boolean => {
      const word = start >>> 2;
      const timeUs = Math.floor((words[word + 1] * 2 ** 32 + words[word]) / 1000 + this.#clockOffsetUs);
      if (isLater(timeUs, beforeUs)) {
        this.isHeld = true;
        return false;
      }
      const [wireBytes, capturedBytes] = [words[word + 2], words[word + 3]];
      const frame = start + FRAME_BYTES;
      sink.frame(bytes, frame, capturedBytes, wireBytes, timeUs, LinkType.ethernet, this.#interfaceIndex, 0, 1);
      this.#frames++;
      return true;
    };
    return this.#ring.read(take, framesPerRead, () => sink.settle());
  }

  /** CLOCK_MONOTONIC and the time of day drift apart, and somebody may set the clock. */
  #setClock(): void {
    const nowMs = performance.now();
    if (nowMs - this.#clockMs < clockMs) return;
    this.#clockMs = nowMs;
    this.#clockOffsetUs = this.#libc.monotonicOffsetUs();
  }

  readStatistics(): void {
    this.dropped = this.#object.sum('lost', 0);
    this.received = this.#frames + this.dropped;
  }

  close(): void {
    void this.#object.close();
    this.#ring.close();
  }
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
