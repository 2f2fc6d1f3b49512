import { u32be } from '../../bytes/numbers.ts';
import { readInteger, type VariableInteger } from './variable-integer.ts';
import { quicVersion } from './versions.ts';

const MAX_CONNECTION_ID = 20;
const integer: VariableInteger = { value: 0, next: -1 };

export const PacketKind = { initial: 0, zeroRtt: 1, handshake: 2, retry: 3, versionNegotiation: 4, other: 5 } as const;
export type PacketKind = (typeof PacketKind)[keyof typeof PacketKind];

/**
 *     Header Form (1) = 1, Fixed Bit (1) = 1, Long Packet Type (2), Type-Specific Bits (4),
 *     Version (32),
 *     Destination Connection ID Length (8), Destination Connection ID (0..160),
 *     Source Connection ID Length (8), Source Connection ID (0..160),
 *     Initial: Token Length (i), Token (..);  Initial, 0-RTT, Handshake: Length (i), Packet Number (8..32), payload
 *                                                                                            RFC 9000 17.2
 */
export class LongHeader {
  kind: PacketKind = PacketKind.other;
  version = 0;
  destinationId: Uint8Array = empty;
  sourceId: Uint8Array = empty;
  /** Where the packet number starts. */
  numberAt = 0;
  /** Behind the packet. */
  end = 0;

  /** False if there is no such header, or it is cut. Connection ids are borrowed. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 7 || bytes[start] < 0x80) return false;
    this.version = u32be(bytes, start + 1);
    const destination = start + 6;
    const source = destination + bytes[start + 5] + 1;
    if (bytes[start + 5] > MAX_CONNECTION_ID || source > end) return false;
    const at = source + bytes[source - 1];
    if (bytes[source - 1] > MAX_CONNECTION_ID || at > end) return false;
    this.destinationId = bytes.subarray(destination, source - 1);
    this.sourceId = bytes.subarray(source, at);
    this.end = end;
    if (this.version === 0) {
      this.kind = PacketKind.versionNegotiation;
      return end > at && (end - at) % 4 === 0;
    }
    return this.#readRest(bytes, start, at, end);
  }

  #readRest(bytes: Uint8Array, start: number, at: number, end: number): boolean {
    const version = quicVersion(this.version);
    if (version === undefined || (bytes[start] & 0x40) === 0) return false;
    this.kind = ((((bytes[start] >> 4) & 3) - version.initialType) & 3) as PacketKind;
    if (this.kind === PacketKind.retry) return true;
    if (this.kind === PacketKind.initial) {
      readInteger(integer, bytes, at, end);
      if (integer.next < 0) return false;
      at = integer.next + integer.value;
    }
    readInteger(integer, bytes, at, end);
    if (integer.next < 0 || integer.value < 20) return false;
    this.numberAt = integer.next;
    this.end = integer.next + integer.value;
    return true;
  }
}

const empty = new Uint8Array(0);
