/**
 * Frames for tests and the benchmark, from their parts: `join(ethernet(0x0800), ipv4(6, payload))`. Lengths are filled in,
 * checksums are left 0 as offloading senders do.
 */

/** Bytes of hexadecimal text; white space is ignored. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function be16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [(value >>> 8) & 255, value & 255]));
}

export function be32(...values: readonly number[]): Uint8Array {
  return join(...values.map((value) => be16(value >>> 16, value & 0xffff)));
}

export function ethernet(type: number, payload: Uint8Array = none): Uint8Array {
  return join(hex('02 00 00 00 00 02 02 00 00 00 00 01'), be16(type), payload);
}

export function vlan(id: number, type: number, payload: Uint8Array): Uint8Array {
  return join(be16(id, type), payload);
}

export interface Ipv4Parts {
  src?: number;
  dst?: number;
  id?: number;
  /** Flags and offset as in the header: 0x2000 more fragments, the rest in units of 8 bytes. */
  fragment?: number;
  options?: Uint8Array;
  /** Instead of the true total length. */
  length?: number;
}

export function ipv4(protocol: number, payload: Uint8Array, parts: Ipv4Parts = {}): Uint8Array {
  const { src = 0x0a000001, dst = 0x0a000002, id = 0, fragment = 0, options = none } = parts;
  const headerBytes = 20 + options.length;
  const length = parts.length ?? headerBytes + payload.length;
  const first = Uint8Array.of(0x40 | (headerBytes >> 2), 0);
  return join(first, be16(length, id, fragment), Uint8Array.of(64, protocol, 0, 0), be32(src, dst), options, payload);
}

export const ipv6Source = hex('20010db8 00000000 00000000 00000001');
export const ipv6Destination = hex('20010db8 00000000 00000000 00000002');

export function ipv6(next: number, payload: Uint8Array, length = payload.length): Uint8Array {
  const first = join(be32(0x60000000), be16(length), Uint8Array.of(next, 64));
  return join(first, ipv6Source, ipv6Destination, payload);
}

export interface TcpParts {
  src?: number;
  dst?: number;
  seq?: number;
  ack?: number;
  flags?: number;
  window?: number;
  options?: Uint8Array;
}

export function tcp(payload: Uint8Array = none, parts: TcpParts = {}): Uint8Array {
  const { src = 40_000, dst = 80, seq = 1, ack = 1, flags = 0x10, window = 1024, options = none } = parts;
  const offset = Uint8Array.of(((20 + options.length) >> 2) << 4, flags);
  return join(be16(src, dst), be32(seq, ack), offset, be16(window, 0, 0), options, payload);
}

export function udp(src: number, dst: number, payload: Uint8Array = none): Uint8Array {
  return join(be16(src, dst, 8 + payload.length, 0), payload);
}

export function vxlan(vni: number, frame: Uint8Array): Uint8Array {
  return udp(50_000, 4789, join(be32(0x08000000, vni << 8), frame));
}

const none = new Uint8Array(0);
