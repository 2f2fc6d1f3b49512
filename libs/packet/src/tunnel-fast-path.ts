import { readIpv4Addresses } from './ip/addresses.ts';
import { Layer } from './layer.ts';
import type { Packet } from './packet.ts';
import { UDP } from './protocol.ts';
import {
  ETHERNET_BYTES,
  IPV4_BYTES,
  isPlainIpv4,
  networkAt,
  plainTcp,
  readPlainTcp,
  TAG_BYTES,
} from './tcp-fast-path.ts';
import { ETHERNET_BRIDGING, ovnKeys } from './tunnel/geneve.ts';
import { VNI_IS_VALID } from './tunnel/vxlan.ts';
import { Tunnel } from './tunnel.ts';
import type { Walk } from './walk.ts';

// What an overlay network carries is for the most part TCP in Ethernet in VXLAN or Geneve in plain IPv4. Such a frame is decoded in one
// step, too, with the same result as layer by layer (`ipv4`, `udp`, `vxlan`, `geneve`, `ethernet` tell the layouts).

const UDP_BYTES = 8;
const TUNNEL_BYTES = 8;

/** Finds and reads a whole TCP segment in one VXLAN or Geneve tunnel. */
export class TunneledTcp {
  readonly #walk: Walk;
  /** IPv4 header around the tunnel, and the tunnel's own. */
  #outerIp = 0;
  #header = 0;
  #type: Tunnel = Tunnel.none;
  /** Inner frame, and the end of its captured part. */
  #frame = 0;
  #end = 0;
  /** IP header of the inner frame, as `plainTcp` tells it. */
  ip = 0;

  /** @param walk with the memory that holds the frames, and with the ports of tunnels and those that are not opened */
  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** Whether the Ethernet frame at `at` holds one, with no or one VLAN tag around. Arguments as of `plainTcp`. */
  find(at: number, end: number, wireEnd: number): boolean {
    const { view, udpLayers, closedTunnels, sttPort } = this.#walk;
    if (at + ETHERNET_BYTES + TAG_BYTES + IPV4_BYTES + UDP_BYTES + TUNNEL_BYTES > end) return false;
    const outerIp = networkAt(view, at);
    if (!isPlainIpv4(view.getInt32(outerIp - 2)) || view.getUint8(outerIp + 9) !== UDP) return false;
    const udp = outerIp + IPV4_BYTES;
    const layer = udpLayers[view.getUint16(udp + 2)];
    if (layer !== Layer.vxlan && layer !== Layer.geneve) return false;
    const outerEnd = outerIp + view.getUint16(outerIp + 2);
    const udpEnd = udp + view.getUint16(udp + 4);
    if ((view.getUint16(outerIp + 6) & 0x3fff) !== 0 || outerEnd > wireEnd || udpEnd !== outerEnd) return false;
    const innerEnd = outerEnd < end ? outerEnd : end;
    const header = udp + UDP_BYTES;
    let frame = header + TUNNEL_BYTES;
    if (frame > innerEnd) return false;
    const first = view.getUint8(header);
    if (layer === Layer.vxlan) {
      if ((first & VNI_IS_VALID) === 0) return false;
      this.#type = Tunnel.vxlan;
    } else {
      if (first >> 6 !== 0 || view.getUint16(header + 2) !== ETHERNET_BRIDGING) return false;
      frame += (first & 0x3f) << 2;
      this.#type = Tunnel.geneve;
    }
    if (closedTunnels[this.#type] !== 0) return false;
    this.ip = plainTcp(view, frame, innerEnd, outerEnd, sttPort);
    this.#outerIp = outerIp;
    this.#header = header;
    this.#frame = frame;
    this.#end = innerEnd;
    return this.ip !== 0;
  }

  /** Writes all that the frame at `at`, in which a segment was found, tells of it. */
  read(packet: Packet, at: number): void {
    const { view } = this.#walk;
    const header = this.#header;
    packet.vlan = this.#outerIp === at + ETHERNET_BYTES ? 0 : view.getUint16(at + ETHERNET_BYTES) & 0x0fff;
    packet.tunnelType = this.#type;
    packet.tunnelTier = 1;
    packet.tunnelId = view.getUint32(header + 4) >>> 8;
    readIpv4Addresses(packet.tunnelAddresses, view, this.#outerIp);
    if (this.#type === Tunnel.geneve) ovnKeys(packet, header + TUNNEL_BYTES, this.#frame);
    readPlainTcp(packet, view, this.#frame, this.ip, this.#end);
  }
}
