import { Drop, dropNames } from './drop.ts';
import { FragmentTable, type FragmentTableOptions } from './ip/fragment-table.ts';
import { ip } from './ip/ip.ts';
import { ipv4 } from './ip/ipv4.ts';
import { ipv6 } from './ip/ipv6.ts';
import { Layer } from './layer.ts';
import { etherType } from './link/ether-type.ts';
import { ethernet } from './link/ethernet.ts';
import { ieee80211 } from './link/ieee80211.ts';
import { link } from './link/link.ts';
import { LinkType } from './link/link-type.ts';
import { llc } from './link/llc.ts';
import { mpls } from './link/mpls.ts';
import { ppp } from './link/ppp.ts';
import { pppoe } from './link/pppoe.ts';
import { radiotap } from './link/radio.ts';
import type { Packet } from './packet.ts';
import { tcpFastPath } from './tcp-fast-path.ts';
import { ipProtocol } from './transport/ip-protocol.ts';
import { tcp } from './transport/tcp.ts';
import { udp } from './transport/udp.ts';
import { geneve } from './tunnel/geneve.ts';
import { gre } from './tunnel/gre.ts';
import { gtp } from './tunnel/gtp.ts';
import { ipInIp } from './tunnel/ip-in-ip.ts';
import { l2tp, l2tpOverIp } from './tunnel/l2tp.ts';
import { mplsTunnel } from './tunnel/mpls-tunnel.ts';
import { nsh } from './tunnel/nsh.ts';
import { stt } from './tunnel/stt.ts';
import { teredo } from './tunnel/teredo.ts';
import { applyTunnelOptions, type TunnelOptions } from './tunnel/tunnel-options.ts';
import { vxlan, vxlanGpe } from './tunnel/vxlan.ts';
import { Walk } from './walk.ts';

export interface PacketDecoderOptions {
  fragments?: FragmentTableOptions;
  tunnels?: TunnelOptions;
}

/** Headers of one packet; more are an attack on the decoder. */
const MAX_LAYERS = 64;
/** Tunnels around one packet that are opened. */
const MAX_TIERS = 8;

/**
 * Turns frames into packets: link layer, tags, network, tunnels, transport. Keeps nothing about a frame but the ports
 * of fragmented datagrams; allocates nothing after construction; never throws; reads nothing outside the slice it is
 * given. One decoder serves one thread.
 */
export class PacketDecoder {
  /** Packets dropped so far, by `Drop`. A held fragment leaves the count when its first fragment comes. */
  readonly drops = new Float64Array(dropNames.length);
  readonly #walk: Walk;

  constructor(options: PacketDecoderOptions = {}) {
    this.#walk = new Walk(new FragmentTable(options.fragments));
    applyTunnelOptions(this.#walk, options.tunnels);
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
    if (linkType === LinkType.ethernet && tcpFastPath(packet, walk.view, start, end, walk.sttPort)) return Drop.none;
    walk.tierLimit = MAX_TIERS;
    walk.again = false;
    for (;;) {
      walk.begin(packet, start, end, Math.max(start + wireBytes, end), linkType);
      const last = run(walk, linkType === LinkType.ethernet ? Layer.ethernet : Layer.link);
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

/** Decodes layer after layer. Returns `done`, `fail` or `drop`. */
function run(walk: Walk, layer: Layer): Layer {
  for (let layers = 0; layers < MAX_LAYERS; layers++) {
    switch (layer) {
      case Layer.ethernet:
        layer = ethernet(walk);
        break;
      case Layer.ether_type:
        layer = etherType(walk);
        break;
      case Layer.ip:
        layer = ip(walk);
        break;
      case Layer.ipv4:
        layer = ipv4(walk);
        break;
      case Layer.ipv6:
        layer = ipv6(walk);
        break;
      case Layer.tcp:
        layer = tcp(walk);
        break;
      case Layer.udp:
        layer = udp(walk);
        break;
      case Layer.ip_protocol:
        layer = ipProtocol(walk);
        break;
      case Layer.llc:
        layer = llc(walk);
        break;
      case Layer.mpls:
        layer = mpls(walk);
        break;
      case Layer.pppoe:
        layer = pppoe(walk);
        break;
      case Layer.ppp:
        layer = ppp(walk);
        break;
      case Layer.ip_in_ip:
        layer = ipInIp(walk);
        break;
      case Layer.gre:
        layer = gre(walk);
        break;
      case Layer.l2tp:
        layer = l2tp(walk);
        break;
      case Layer.l2tp_ip:
        layer = l2tpOverIp(walk);
        break;
      case Layer.mpls_tunnel:
        layer = mplsTunnel(walk);
        break;
      case Layer.vxlan:
        layer = vxlan(walk);
        break;
      case Layer.vxlan_gpe:
        layer = vxlanGpe(walk);
        break;
      case Layer.geneve:
        layer = geneve(walk);
        break;
      case Layer.gtp:
        layer = gtp(walk);
        break;
      case Layer.stt:
        layer = stt(walk);
        break;
      case Layer.teredo:
        layer = teredo(walk);
        break;
      case Layer.nsh:
        layer = nsh(walk);
        break;
      case Layer.ieee80211:
        layer = ieee80211(walk);
        break;
      case Layer.radiotap:
        layer = radiotap(walk);
        break;
      case Layer.link:
        layer = link(walk);
        break;
      case Layer.fail:
      case Layer.drop:
        return layer;
      default:
        return Layer.done;
    }
  }
  return walk.fail(Drop.too_deep);
}
