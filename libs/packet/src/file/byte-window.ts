/**
 * The part of a file that is in memory: unread bytes, contiguous. Its memory is used again, so bytes handed out are
 * valid until the next `reserve`.
 *
 *     0        at            end        bytes.length
 *     |  read  |   unread     |   free   |
 */
export class ByteWindow {
  bytes: Uint8Array;
  view: DataView;
  at = 0;
  end = 0;
  /** Offset in the file of `bytes[0]`. */
  base = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  left(): number {
    return this.end - this.at;
  }

  /** Offset in the file of `at`. */
  offset(): number {
    return this.base + this.at;
  }

  /** Free memory of at least `size` bytes behind the unread ones: fill its beginning, then call `commit`. */
  reserve(size: number): Uint8Array {
    if (this.at > 0 && (this.at === this.end || this.bytes.length - this.end < size)) this.#moveToFront();
    if (this.bytes.length - this.end < size) this.#grow(this.end + size);
    return this.bytes.subarray(this.end);
  }

  commit(size: number): void {
    this.end += size;
  }

  #moveToFront(): void {
    this.bytes.copyWithin(0, this.at, this.end);
    this.base += this.at;
    this.end -= this.at;
    this.at = 0;
  }

  #grow(size: number): void {
    const bytes = new Uint8Array(2 ** Math.ceil(Math.log2(size)));
    bytes.set(this.bytes.subarray(0, this.end));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
