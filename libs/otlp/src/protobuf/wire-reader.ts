export const LENGTH = 2;
const VARINT = 0;
const FIXED64 = 1;
const FIXED32 = 5;

/**
 * Reads protobuf's wire types (protobuf.dev/programming-guides/encoding) between two places of some bytes. Throws
 * RangeError where they break off.
 */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);
  at = 0;
  end = 0;

  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.end = bytes.length;
  }

  /** Index of the next `count` bytes, which are then behind. */
  take(count: number): number {
    const start = this.at;
    if (start + count > this.end) throw new RangeError('cut');
    this.at += count;
    return start;
  }

  /** Exact up to 2^53: tags, lengths, enums. */
  varint(): number {
    let value = 0;
    for (let count = 0, unit = 1; count < 10; count++, unit *= 128) {
      const byte = this.bytes[this.take(1)];
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    throw new RangeError('varint of more than ten bytes');
  }

  /** An int64 that `varint` read from `start` on and could not hold. */
  exactVarint(start: number): bigint {
    let exact = 0n;
    for (let at = start, shift = 0n; ; at++, shift += 7n) {
      exact |= BigInt(this.bytes[at] & 127) << shift;
      if (this.bytes[at] < 128) return BigInt.asIntN(64, exact);
    }
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === FIXED64) this.take(8);
    else if (wire === LENGTH) this.take(this.varint());
    else if (wire === FIXED32) this.take(4);
    else throw new RangeError(`wire type ${wire}`);
  }
}
