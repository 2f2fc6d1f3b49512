import type { FrameSink } from '../../core/packet-source.ts';
import { type Libc, type Mapping, SystemCallError } from '../libc.ts';
import { accept, assemble } from './bpf.ts';
import { captureFilter, type FilterOptions } from './capture-filter.ts';
import { type FrameRing, isLater } from './frame-ring.ts';
import { linkTypeOf } from './link-type-of.ts';
import * as t from './tpacket.ts';

export interface RingOptions {
  readonly blockBytes: number;
  readonly blocks: number;
  /** A block that is not full is handed over after this time, ms. */
  readonly blockTimeoutMs: number;
  readonly hardwareTimestamps: boolean;
}

const rejectAll = assemble([accept(0)]);

/**
 * One packet socket and its TPACKET_V3 ring: blocks that the kernel fills and hands over whole.
 *
 * ```
 *   kernel fills -->  [ours][ours][kernel's][kernel's] ...  --> and begins again
 *                      ^ #block: read in place, handed back at once
 * ```
 */
export class Ring implements FrameRing {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #map: Mapping;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  readonly #blockBytes: number;
  readonly #blocks: number;
  readonly #statistics = new Uint32Array(3);
  #block = 0;
  /** In that block: packets that are not read yet, 0 before its first, and where the next one stands. */
  #left = 0;
  #at = 0;
  received = 0;
  dropped = 0;

  /** The socket captures nothing until `setFilter` and `start`. Throws a `SystemCallError`. */
  constructor(libc: Libc, options: RingOptions) {
    this.#libc = libc;
    this.#blockBytes = options.blockBytes;
    this.#blocks = options.blocks;
    this.#fd = libc.socket(t.AF_PACKET, t.SOCK_RAW, 0);
    try {
      this.#map = this.#setUp(options);
    } catch (error) {
      libc.close(this.#fd);
      throw error;
    }
    this.#u8 = new Uint8Array(this.#map.memory);
    this.#u16 = new Uint16Array(this.#map.memory);
    this.#u32 = new Uint32Array(this.#map.memory);
  }

  get fd(): number {
    return this.#fd;
  }

  #setUp({ blockBytes, blocks, blockTimeoutMs, hardwareTimestamps }: RingOptions): Mapping {
    const frameBytes = 2048; // only a unit of account in version 3
    this.#option(t.PACKET_VERSION, [t.TPACKET_V3]);
    if (hardwareTimestamps) this.#option(t.PACKET_TIMESTAMP, [t.SOF_TIMESTAMPING_RAW_HARDWARE]);
    const frames = (blockBytes / frameBytes) * blocks;
    this.#option(t.PACKET_RX_RING, [blockBytes, blocks, frameBytes, frames, blockTimeoutMs, 0, 0]);
    return this.#libc.mmap(this.#fd, blockBytes * blocks);
  }

  #option(option: number, words: number[]): void {
    this.#libc.setsockopt(this.#fd, t.SOL_PACKET, option, new Uint8Array(new Uint32Array(words).buffer));
  }

  /** Packets on their way are judged by the filter before. */
  setFilter(options: FilterOptions): void {
    this.#libc.attachFilter(this.#fd, captureFilter(options));
  }

  stop(): void {
    this.#libc.attachFilter(this.#fd, rejectAll);
  }

  /**
   * Begins to capture from the interface of this index, 0: from all that the filter lets through; joins the fanout group.
   * One that is down is captured from as soon as it is up.
   */
  start(interfaceIndex = 0, fanoutGroup?: number): void {
    const address = new DataView(new ArrayBuffer(20));
    address.setUint16(0, t.AF_PACKET, true);
    address.setUint16(2, t.ETH_P_ALL);
    address.setInt32(4, interfaceIndex, true);
    this.#libc.bind(this.#fd, new Uint8Array(address.buffer));
    if (fanoutGroup === undefined) return;
    this.#option(t.PACKET_FANOUT, [(fanoutGroup & 0xffff) | ((t.FANOUT_HASH | t.FANOUT_FLAG_ROLLOVER) << 16)]);
  }

  /** Spares the kernel a clone of every packet that goes out. A filter has to do where it cannot (before Linux 4.20). */
  ignoreOutgoing(): void {
    try {
      this.#option(t.PACKET_IGNORE_OUTGOING, [1]);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
    }
  }

  read(sink: FrameSink, beforeUs = Number.POSITIVE_INFINITY): number {
    let packets = 0;
    for (let round = 0; round < this.#blocks && this.#isOurs(); round++) {
      packets += this.#readBlock(sink, beforeUs);
      if (this.isHeld) break;
      Atomics.store(this.#u32, this.#statusWord(), 0);
      this.#block = (this.#block + 1) % this.#blocks;
    }
    return packets;
  }

  get isHeld(): boolean {
    return this.#left > 0;
  }

  #statusWord(): number {
    return ((this.#block * this.#blockBytes) >>> 2) + t.block.status;
  }

  #isOurs(): boolean {
    return (Atomics.load(this.#u32, this.#statusWord()) & t.TP_STATUS_USER) !== 0;
  }

  #readBlock(sink: FrameSink, beforeUs: number): number {
    const u8 = this.#u8;
    const u16 = this.#u16;
    const u32 = this.#u32;
    if (this.#left === 0) {
      const start = this.#block * this.#blockBytes;
      this.#left = u32[(start >>> 2) + t.block.packets];
      this.#at = start + u32[(start >>> 2) + t.block.firstPacket];
    }
    let at = this.#at;
    let left = this.#left;
    for (; left > 0; left--) {
      const word = at >>> 2;
      const half = at >>> 1;
      const timeUs = u32[word + 1] * 1e6 + ((u32[word + 2] / 1000) | 0);
      if (isLater(timeUs, beforeUs)) break;
      const hardwareType = u16[half + 28];
      const interfaceIndex = u32[word + 13];
      const vlan = (u32[word + 5] & t.TP_STATUS_VLAN_VALID) !== 0 ? u32[word + 8] & 0xfff : 0;
      const direction = u8[at + 58] === t.PACKET_OUTGOING ? 2 : 1;
      const frame = at + u16[half + 12];
      const linkType = linkTypeOf(hardwareType);
      sink.frame(u8, frame, u32[word + 3], u32[word + 4], timeUs, linkType, interfaceIndex, vlan, direction);
      at += u32[word];
    }
    sink.settle();
    const packets = this.#left - left;
    this.#at = at;
    this.#left = left;
    return packets;
  }

  /** Adds the kernel's counters since the last call to `received` and `dropped`. */
  readStatistics(): void {
    const words = this.#statistics;
    this.#libc.getsockopt(this.#fd, t.SOL_PACKET, t.PACKET_STATISTICS, new Uint8Array(words.buffer));
    this.received += words[0];
    this.dropped += words[1];
  }

  clearError(): void {
    this.#libc.getsockopt(this.#fd, t.SOL_SOCKET, t.SO_ERROR, new Uint8Array(4));
  }

  close(): void {
    this.#libc.munmap(this.#map);
    this.#libc.close(this.#fd);
  }
}
