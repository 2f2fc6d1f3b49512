import type { Drop } from './drop.ts';
import type { FragmentTable } from './ip/fragment-table.ts';
import type { Reassembly } from './ip/reassembly.ts';
import { Layer } from './layer.ts';
import { Packet } from './packet.ts';
import { type Tunnel, tunnelNames } from './tunnel.ts';

/** Flag of a layer in `udpLayers`. */
export const BY_SOURCE = 0x80;

/**
 * Where the decoding of one packet stands. Layer decoders read their header at `at`, write what they learn into
 * `packet`, move `at` past the header, narrow `end` and `wireEnd` where the header states a length, and return the next
 * `Layer`. They read nothing at or past `end`.
 *
 *     at            end            wireEnd
 *      |  captured   |   cut off      |
 */
export class Walk {
  packet: Packet = new Packet();
  bytes: Uint8Array = this.packet.bytes;
  /** The same memory: reads of several bytes cost one load. */
  view = new DataView(this.bytes.buffer);
  /** First byte of the next header. May pass `end` where the capture cuts a header whose fixed part was read. */
  at = 0;
  /** End of the captured part of this layer. */
  end = 0;
  /** End of this layer as the headers say: less than `end` never, more where the capture is cut. */
  wireEnd = 0;
  /** Number that selects the decoder within the next layer: link type, EtherType, PPP or IP protocol. */
  kind = 0;
  /** Tunnels deeper than this are not opened: set lower when an inner packet turns out to be bogus. */
  tierLimit = 0;

  /** The packet is decoded for a second time, with a lower limit: what has a lasting effect was done the first time. */
  again = false;
  /** Decoder of UDP payload by destination port: a `Layer`, 0 without; with `BY_SOURCE` also by source port. */
  readonly udpLayers = new Uint8Array(0x1_0000);
  /** Not 0: tunnels of the type are not opened. */
  readonly closedTunnels = new Uint8Array(tunnelNames.length);
  /** Destination port of STT, -1 without. */
  sttPort = -1;
  readonly fragments: FragmentTable;
  /** null where nobody reads payload. */
  readonly reassembly: Reassembly | null;

  constructor(fragments: FragmentTable, reassembly: Reassembly | null) {
    this.fragments = fragments;
    this.reassembly = reassembly;
  }

  begin(packet: Packet, start: number, end: number, wireEnd: number, linkType: number): void {
    this.packet = packet;
    this.at = start;
    this.end = end;
    this.wireEnd = wireEnd;
    this.kind = linkType;
    packet.reset();
  }

  /** Sets the memory that holds the frames. */
  look(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Captured bytes from `at` on; negative past the end. */
  left(): number {
    return this.end - this.at;
  }

  fail(reason: Drop): Layer {
    this.packet.drop = reason;
    return Layer.fail;
  }

  drop(reason: Drop): Layer {
    this.packet.drop = reason;
    return Layer.drop;
  }

  /** Goes on after `headerBytes` with the decoder of `kind` in `layer`. */
  next(layer: Layer, headerBytes: number, kind: number): Layer {
    this.at += headerBytes;
    this.kind = kind;
    return layer;
  }

  /**
   * An IP header says that its packet ends at `wireEnd`. In a frame it cannot be longer than that (Wireshark cuts it
   * too); in a tunnel it can: switches that mirror traffic cut the frames, and leave the headers in them.
   */
  setWireEnd(wireEnd: number): void {
    if (wireEnd < this.wireEnd || this.packet.tunnelTier !== 0) this.wireEnd = wireEnd;
    if (wireEnd < this.end) this.end = wireEnd;
  }

  /** What follows ends at `wireEnd` at the latest: behind it is padding. */
  limit(wireEnd: number): void {
    if (wireEnd < this.wireEnd) this.wireEnd = wireEnd;
    if (wireEnd < this.end) this.end = wireEnd;
  }

  /**
   * The packet decoded so far becomes a tunnel around what follows. False where tunnels of the type are not opened, or
   * no more of them in this packet: it then stays as it is.
   */
  enter(type: Tunnel, id: number): boolean {
    const packet = this.packet;
    if (packet.tunnelTier >= this.tierLimit || this.closedTunnels[type] !== 0) return false;
    if (packet.tunnelTier === 0) {
      packet.tunnelType = type;
      packet.tunnelId = id;
      // Copied word by word: `set` of a typed array costs more than all else here.
      const { addresses, tunnelAddresses } = packet;
      for (let word = 0; word < 8; word++) tunnelAddresses[word] = addresses[word];
    }
    packet.tunnelTier++;
    return true;
  }
}
