import type { Drop } from './drop.ts';
import type { Tunnel } from './tunnel.ts';

const empty = new Uint8Array(0);

/**
 * One decoded packet. A decoder owns a single Packet and fills it in place for every frame: nothing is allocated. All
 * fields but `bytes` are copies, so they stay valid until the next `decode`; `bytes` is a view of the caller's memory
 * (ring block, file chunk) and is valid only until the caller hands that memory back.
 *
 * Network and transport fields describe the *innermost* packet that could be decoded; tunnel fields the outermost tunnel.
 */
export class Packet {
  /** Memory that holds the frame. Offsets below point into it. */
  bytes: Uint8Array = empty;
  /** Time of capture, µs since the epoch. */
  timeUs = 0;
  /** Length of the frame on the wire, bytes. */
  frameBytes = 0;
  /** Index of the first byte after the captured part of the frame: nothing at or past it may be read. */
  end = 0;

  /** Number of the place where the frame was seen: set by the caller, so that fragments seen at two places are not mixed. */
  site = 0;
  /** How it passed the interface: 1 into the host, 2 out of it, 0 where that is not known. Set by the caller, as `site`. */
  direction = 0;
  /** VLAN id that the system took out of the frame, 0 without. Set by the caller, as `site`. */
  outerVlan = 0;

  /** Why the packet is not part of a flow, or `Drop.none`. */
  drop: Drop = 0;

  // ---- link ----
  /** MAC addresses as 48-bit integers; 0 where the link has none. */
  srcMac = 0;
  dstMac = 0;
  /** VLAN id nearest to the innermost packet, 0 without. */
  vlan = 0;

  // ---- network: innermost ----
  /** 4, 6, or 0 without IP (ARP). */
  ipVersion = 0;
  /** IANA protocol number after all extension headers. */
  protocol = 0;
  /** Source in words 0..3, destination in words 4..7, most significant first; IPv4 as ::ffff:a.b.c.d. */
  readonly addresses = new Uint32Array(8);
  ttl = 0;
  /** IP header and payload as the headers say, bytes. */
  l3Bytes = 0;
  /**
   * Only to be counted: a fragment after the first, whose ports come from the first one, or a packet whose transport
   * header is cut or damaged. Ports that were not seen are 0; the other transport fields are not valid.
   */
  laterFragment = false;
  /** Later fragments that came before this first one: they belong to the same flow and are counted with it. */
  heldPackets = 0;
  heldFrameBytes = 0;
  heldL3Bytes = 0;
  heldPayloadBytes = 0;

  // ---- transport ----
  srcPort = 0;
  dstPort = 0;
  /** Payload of TCP, UDP, SCTP (its chunks), DCCP as the headers say (also where the capture is cut), bytes; others 0. */
  payloadBytes = 0;
  /** First byte of the payload in `bytes`; the captured part ends at `payloadEnd`. */
  payloadStart = 0;
  payloadEnd = 0;
  seq = 0;
  ack = 0;
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128 (RFC 9293 3.1). */
  tcpFlags = 0;
  /** Window field, not scaled. */
  window = 0;
  /** Window scale option of a SYN, -1 without (RFC 7323 2.2). */
  windowScale = -1;
  /** Offset of the TCP options in `bytes` and their length: parsed on demand (SACK, timestamps). */
  optionsStart = 0;
  optionsBytes = 0;
  /** ICMP and ICMPv6 type and code. */
  icmpType = 0;
  icmpCode = 0;
  /** Identifier and sequence number of an ICMP echo. */
  icmpId = 0;
  icmpSequence = 0;

  // ---- packet that an ICMP error quotes: valid for ICMP and ICMPv6 only ----
  /** 4 or 6 where an error quotes the packet that caused it, else 0. */
  quotedIpVersion = 0;
  quotedProtocol = 0;
  /** As `addresses`: of the quoted packet, so its source is where the error goes. */
  readonly quotedAddresses = new Uint32Array(8);
  quotedSrcPort = 0;
  quotedDstPort = 0;

  // ---- outermost tunnel ----
  tunnelType: Tunnel = 0;
  /** VNI, key, session or TEID. */
  tunnelId = 0;
  /** Source in words 0..3, destination in words 4..7. */
  readonly tunnelAddresses = new Uint32Array(8);
  /** How many tunnels lie around the innermost packet. */
  tunnelTier = 0;
  /** Logical ports of OVN's Geneve option (class 0x0102, type 0x80), 0 without; valid where `tunnelType` is geneve. */
  ovnIngressKey = 0;
  ovnEgressKey = 0;

  /** Forgets the packet before: all that decoding sets only where it occurs. */
  reset(): void {
    this.drop = 0;
    this.srcMac = 0;
    this.dstMac = 0;
    this.vlan = 0;
    this.ipVersion = 0;
    this.laterFragment = false;
    this.srcPort = 0;
    this.dstPort = 0;
    this.tcpFlags = 0;
    this.payloadBytes = 0;
    this.payloadStart = this.payloadEnd = this.end;
    this.tunnelType = 0;
    this.tunnelTier = 0;
  }
}

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;
export const URG = 32;
