const two32 = 0x1_0000_0000;
const none = new Float64Array();

/**
 * A table of a FlatBuffer, read in place. Every access is checked against the bytes (DataView throws a RangeError), and a
 * vector may not claim more elements than bytes are left: hostile bytes cost no more than their own length.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableSize: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    this.#vtableSize = view.getUint16(this.#vtable, true);
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** Numbers are `absent` where the table leaves them out. */
  u8(slot: number, absent = 0): number {
    const at = this.#field(slot);
    return at === 0 ? absent : this.#view.getUint8(at);
  }

  i16(slot: number, absent = 0): number {
    const at = this.#field(slot);
    return at === 0 ? absent : this.#view.getInt16(at, true);
  }

  i32(slot: number, absent = 0): number {
    const at = this.#field(slot);
    return at === 0 ? absent : this.#view.getInt32(at, true);
  }

  i64(slot: number): number {
    const at = this.#field(slot);
    return at === 0 ? 0 : this.#int64(at);
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#field(slot);
    return at === 0 ? undefined : this.#follow(at);
  }

  text(slot: number): string {
    const vector = this.#vector(slot, 1);
    if (!vector) return '';
    const { buffer, byteOffset } = this.#view;
    return Buffer.from(buffer, byteOffset + vector.start, vector.length).toString();
  }

  tables(slot: number): FlatTable[] {
    const vector = this.#vector(slot, 4);
    if (!vector) return [];
    return Array.from({ length: vector.length }, (_, i) => this.#follow(vector.start + 4 * i));
  }

  /** A vector of structs of two 64-bit integers each: one behind the other. */
  pairs(slot: number): Float64Array {
    const vector = this.#vector(slot, 16);
    if (!vector) return none;
    const numbers = new Float64Array(2 * vector.length);
    for (let i = 0, at = vector.start; i < numbers.length; i++, at += 8) numbers[i] = this.#int64(at);
    return numbers;
  }

  /** Where a number stands, counted from the first byte; 0 where the table leaves it out. */
  place(slot: number): number {
    return this.#field(slot);
  }

  /** Where the elements of a vector begin. */
  vectorPlace(slot: number): number {
    return this.#vector(slot, 1)?.start ?? 0;
  }

  #field(slot: number): number {
    const entry = 4 + 2 * slot;
    if (entry >= this.#vtableSize) return 0;
    const offset = this.#view.getUint16(this.#vtable + entry, true);
    return offset === 0 ? 0 : this.#at + offset;
  }

  #follow(at: number): FlatTable {
    return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  #vector(slot: number, elementBytes: number): { start: number; length: number } | undefined {
    const at = this.#field(slot);
    if (at === 0) return undefined;
    const start = at + this.#view.getUint32(at, true) + 4;
    const length = this.#view.getUint32(start - 4, true);
    if (length * elementBytes > this.#view.byteLength - start)
      throw new RangeError('a vector is longer than its bytes');
    return { start, length };
  }

  #int64(at: number): number {
    const value = this.#view.getInt32(at + 4, true) * two32 + this.#view.getUint32(at, true);
    if (!Number.isSafeInteger(value)) throw new RangeError('an integer is out of range');
    return value;
  }
}
