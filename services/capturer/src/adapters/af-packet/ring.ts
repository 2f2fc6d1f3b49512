import type { FrameSink } from '../../core/packet-source.ts';
import type { Libc, Mapping } from '../libc.ts';
import { linkTypeOf } from './link-type-of.ts';
import * as t from './tpacket.ts';

export interface RingOptions {
  readonly blockBytes: number;
  readonly blocks: number;
  /** A block that is not full is handed over after this time, ms. */
  readonly blockTimeoutMs: number;
  readonly hardwareTimestamps: boolean;
}

/**
 * One packet socket and its TPACKET_V3 ring: blocks that the kernel fills and hands over whole.
 *
 * ```
 *   kernel fills -->  [ours][ours][kernel's][kernel's] ...  --> and begins again
 *                      ^ #block: read in place, handed back at once
 * ```
 */
export class Ring {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #map: Mapping;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  readonly #blockBytes: number;
  readonly #blocks: number;
  readonly #pollFd: Uint8Array;
  readonly #statistics = new Uint32Array(3);
  #block = 0;
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
    const pollFd = new DataView(new ArrayBuffer(8));
    pollFd.setInt32(0, this.#fd, true);
    pollFd.setInt16(4, 1, true); // POLLIN
    this.#pollFd = new Uint8Array(pollFd.buffer);
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

  /** Replaces the filter; packets between are judged by the old one. `program` is that of `captureFilter`. */
  setFilter(program: Uint8Array): void {
    this.#libc.attachFilter(this.#fd, program);
  }

  /** Begins to capture from all interfaces that the filter lets through; joins the fanout group. */
  start(fanoutGroup?: number): void {
    const address = new DataView(new ArrayBuffer(20));
    address.setUint16(0, t.AF_PACKET, true);
    address.setUint16(2, t.ETH_P_ALL);
    this.#libc.bind(this.#fd, new Uint8Array(address.buffer));
    if (fanoutGroup === undefined) return;
    this.#option(t.PACKET_FANOUT, [(fanoutGroup & 0xffff) | ((t.FANOUT_HASH | t.FANOUT_FLAG_ROLLOVER) << 16)]);
  }

  /** Reads the blocks that are ours, at most one round; waits for the first at most `waitMs`. Returns the packets read. */
  read(sink: FrameSink, waitMs: number): number {
    if (!this.#isOurs() && waitMs > 0) this.#libc.pollIn(this.#pollFd, waitMs);
    let packets = 0;
    for (let round = 0; round < this.#blocks && this.#isOurs(); round++) {
      packets += this.#readBlock(sink);
      Atomics.store(this.#u32, this.#statusWord(), 0);
      this.#block = (this.#block + 1) % this.#blocks;
    }
    return packets;
  }

  #statusWord(): number {
    return ((this.#block * this.#blockBytes) >>> 2) + t.block.status;
  }

  #isOurs(): boolean {
    return (Atomics.load(this.#u32, this.#statusWord()) & t.TP_STATUS_USER) !== 0;
  }

  #readBlock(sink: FrameSink): number {
    const u8 = this.#u8;
    const u16 = this.#u16;
    const u32 = this.#u32;
    const start = this.#block * this.#blockBytes;
    const head = start >>> 2;
    const packets = u32[head + t.block.packets];
    let at = start + u32[head + t.block.firstPacket];
    for (let i = 0; i < packets; i++) {
      const word = at >>> 2;
      const half = at >>> 1;
      const hardwareType = u16[half + 28];
      const interfaceIndex = u32[word + 13];
      const timeUs = u32[word + 1] * 1e6 + ((u32[word + 2] / 1000) | 0);
      const vlan = (u32[word + 5] & t.TP_STATUS_VLAN_VALID) !== 0 ? u32[word + 8] & 0xfff : 0;
      const direction = u8[at + 58] === t.PACKET_OUTGOING ? 2 : 1;
      const frame = at + u16[half + 12];
      const linkType = linkTypeOf(hardwareType);
      sink.frame(u8, frame, u32[word + 3], u32[word + 4], timeUs, linkType, interfaceIndex, vlan, direction);
      at += u32[word];
    }
    sink.settle();
    return packets;
  }

  /** Adds the kernel's counters since the last call to `received` and `dropped`. */
  readStatistics(): void {
    const words = this.#statistics;
    this.#libc.getsockopt(this.#fd, t.SOL_PACKET, t.PACKET_STATISTICS, new Uint8Array(words.buffer));
    this.received += words[0];
    this.dropped += words[1];
  }

  close(): void {
    this.#libc.munmap(this.#map);
    this.#libc.close(this.#fd);
  }
}
