import { decodeLayers } from './decode-layers.ts';
import { Drop, dropNames } from './drop.ts';
import { FragmentTable, type FragmentTableOptions } from './ip/fragment-table.ts';
import { Reassembly } from './ip/reassembly.ts';
import { Layer } from './layer.ts';
import { LinkType } from './link/link-type.ts';
import type { Packet } from './packet.ts';
import { plainTcp, readPlainTcp, shareOfPlainTcp } from './tcp-fast-path.ts';
import { applyTunnelOptions, type TunnelOptions } from './tunnel/tunnel-options.ts';
import { TunneledTcp } from './tunnel-fast-path.ts';
import { Walk } from './walk.ts';

export interface PacketDecoderOptions {
  fragments?: FragmentTableOptions;
  /** UDP datagrams and TCP segments under way whose fragments are put together for readers of payload; 0: none. */
  reassembled?: number;
  tunnels?: TunnelOptions;
}

/** Tunnels around one packet that are opened. */
const MAX_TIERS = 8;

/**
 * Turns frames into packets: link layer, tags, network, tunnels, transport. Keeps nothing about a frame but the ports
 * of fragmented datagrams (and, if asked to, their bytes); allocates nothing per packet after construction; never throws; reads nothing outside the slice it is
 * given. One decoder serves one thread.
 */
export class PacketDecoder {
  /** Packets dropped so far, by `Drop`. A held fragment leaves the count when its first fragment comes. */
  readonly drops = new Float64Array(dropNames.length);
  /** What fragments add up to; null unless asked for. */
  readonly reassembly: Reassembly | null;
  readonly #walk: Walk;
  readonly #tunneled: TunneledTcp;

  constructor(options: PacketDecoderOptions = {}) {
    const { fragments, reassembled = 0 } = options;
    this.reassembly = reassembled > 0 ? new Reassembly(reassembled) : null;
    this.#walk = new Walk(new FragmentTable(fragments), this.reassembly);
    applyTunnelOptions(this.#walk, options.tunnels);
    this.#tunneled = new TunneledTcp(this.#walk);
  }

  /**
   * Decodes the frame at `bytes[start .. start + capturedBytes)` into `packet`.
   *
   * @param wireBytes length of the frame on the wire: `capturedBytes` or, where the capture is cut, more
   * @param timeUs time of capture, µs since the epoch
   * @param linkType LINKTYPE_ value (tcpdump.org/linktypes)
   * @returns why the packet belongs to no flow, or `Drop.none`; also in `packet.drop` and counted in `drops`
   */
  decode(
    packet: Packet,
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    timeUs: number,
    linkType: number,
  ): Drop {
    const end = Math.min(start + capturedBytes, bytes.length);
    packet.bytes = bytes;
    packet.timeUs = timeUs;
    packet.frameBytes = wireBytes;
    packet.end = end;
    packet.heldPackets = 0;
    const walk = this.#walk;
    if (bytes !== walk.bytes) walk.look(bytes);
    if (linkType === LinkType.ethernet) {
      const ip = plainTcp(walk.view, start, end, start + wireBytes, walk.sttPort);
      if (ip !== 0) {
        packet.drop = Drop.none;
        packet.vlan = 0;
        packet.tunnelType = 0;
        packet.tunnelTier = 0;
        readPlainTcp(packet, walk.view, start, ip, end);
        return Drop.none;
      }
    }
    return this.#decodeOther(packet, start, end, start + wireBytes, linkType);
  }

  /** Decodes what is not plain TCP. */
  #decodeOther(packet: Packet, start: number, end: number, wireEnd: number, linkType: number): Drop {
    if (linkType === LinkType.ethernet && this.#tunneled.find(start, end, wireEnd)) {
      packet.drop = Drop.none;
      this.#tunneled.read(packet, start);
      return Drop.none;
    }
    const walk = this.#walk;
    walk.tierLimit = MAX_TIERS;
    walk.again = false;
    for (;;) {
      walk.begin(packet, start, end, Math.max(wireEnd, end), linkType);
      const last = decodeLayers(walk, linkType === LinkType.ethernet ? Layer.ethernet : Layer.link);
      if (last !== Layer.fail || packet.tunnelTier === 0) break;
      // The inner packet is bogus: what carries it is decoded again, as if it were not a tunnel.
      walk.tierLimit = packet.tunnelTier - 1;
      walk.again = true;
    }
    if (packet.drop !== Drop.none) this.drops[packet.drop]++;
    else if (packet.heldPackets !== 0) this.drops[Drop.fragment_held] -= packet.heldPackets;
    return packet.drop;
  }

  /**
   * Which of `count` flow tables a frame is for (`shareOf`), where a look at its headers tells; -1 where it has to be decoded. What
   * is told is as for `decode`: it would be `Drop.none`, and the packet that of a flow.
   */
  shareOfFrame(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    wireBytes: number,
    linkType: number,
    count: number,
  ): number {
    if (linkType !== LinkType.ethernet) return -1;
    const walk = this.#walk;
    if (bytes !== walk.bytes) walk.look(bytes);
    const end = Math.min(start + capturedBytes, bytes.length);
    const ip = plainTcp(walk.view, start, end, start + wireBytes, walk.sttPort);
    if (ip !== 0) return shareOfPlainTcp(walk.view, ip, count);
    const isTunneled = this.#tunneled.find(start, end, start + wireBytes);
    return isTunneled ? shareOfPlainTcp(walk.view, this.#tunneled.ip, count) : -1;
  }

  /**
   * Later fragments whose first one never came, one datagram at a time: true where `packet` was filled with one. It stands
   * for `1 + packet.heldPackets` packets, all of them counted as `fragment_held` until now. To be called now and then, and
   * with `Infinity` at the end of input.
   */
  takeOrphan(packet: Packet, nowUs: number): boolean {
    if (!this.#walk.fragments.takeOrphan(packet, nowUs)) return false;
    this.drops[Drop.fragment_held] -= 1 + packet.heldPackets;
    return true;
  }
}
