import { u32be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';

/** Up to and with the cookie that says DHCP. */
export const HEADER_BYTES = 240;
const COOKIE = 0x63825363;
const Option = { pad: 0, hostName: 12, type: 53, message: 56, end: 255 } as const;

/** By the value of option 53 (RFC 2132 9.6, RFC 3203, RFC 4388). */
const typeNames = [
  'BOOTP',
  'DISCOVER',
  'OFFER',
  'REQUEST',
  'DECLINE',
  'ACK',
  'NAK',
  'RELEASE',
  'INFORM',
  'FORCERENEW',
  'LEASEQUERY',
  'LEASEUNASSIGNED',
  'LEASEUNKNOWN',
  'LEASEACTIVE',
]; // prettier-ignore

/** True if this is BOOTP with the cookie of DHCP (RFC 2131 3). */
export const isMessage = (bytes: Uint8Array, at: number, end: number): boolean =>
  end - at >= HEADER_BYTES &&
  (bytes[at] === 1 || bytes[at] === 2) &&
  bytes[at + 2] <= 16 &&
  u32be(bytes, at + 236) === COOKIE;

/**
 *     op (8), hardware type (8) and address length (8), hops (8), transaction id (32), seconds (16), flags (16)
 *     client, your, server and relay address (32 each), hardware address (128), server name (512), file (1024)
 *     cookie (32), options: code (8), length (8), value                                 RFC 2131 2, RFC 2132 2
 */
export class DhcpMessage {
  isReply = false;
  transactionId = 0;
  /** The client has an address, or a relay speaks for it: the answer comes to where the question came from. */
  isAddressed = false;
  yourAddress = '';
  type = '';
  hostName = '';
  /** Why the server refuses. */
  message = '';

  /** Reads a message of which `isMessage` is true; options that are cut off are left out. */
  read(bytes: Uint8Array, at: number, end: number): void {
    this.isReply = bytes[at] === 2;
    this.transactionId = u32be(bytes, at + 4);
    this.isAddressed = u32be(bytes, at + 12) !== 0 || u32be(bytes, at + 24) !== 0;
    this.yourAddress = u32be(bytes, at + 16) === 0 ? '' : bytes.subarray(at + 16, at + 20).join('.');
    this.type = typeNames[0];
    this.hostName = this.message = '';
    for (let option = at + HEADER_BYTES; option + 1 < end && bytes[option] !== Option.end; ) {
      if (bytes[option] === Option.pad) {
        option++;
        continue;
      }
      const from = option + 2;
      const to = from + bytes[option + 1];
      if (to > end) return;
      if (bytes[option] === Option.type && to > from) this.type = typeNames[bytes[from]] ?? `TYPE${bytes[from]}`;
      else if (bytes[option] === Option.hostName) this.hostName = text(bytes, from, to);
      else if (bytes[option] === Option.message) this.message = text(bytes, from, to);
      option = to;
    }
  }
}
