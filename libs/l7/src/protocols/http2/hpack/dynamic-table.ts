import type { HeaderField } from './static-table.ts';

/** Size of a table before the encoder says otherwise (RFC 9113 6.5.2). */
const DEFAULT_BYTES = 4096;
/** More than that is not kept, whatever the ends agree upon: what lies further back is then unknown. */
const MAX_BYTES = 64 * 1024;
const OVERHEAD = 32;

/**
 * Fields sent before, newest first (RFC 7541 2.3.2). An index counts from the newest, so of a connection that is picked
 * up in its middle everything sent since is known, and an index beyond is an unknown field, never a wrong one.
 */
export class DynamicTable {
  /** Oldest first. */
  #fields: HeaderField[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  #max = DEFAULT_BYTES;

  /** @param index 0 for the newest */
  get(index: number): HeaderField | undefined {
    return this.#fields[this.#fields.length - 1 - index];
  }

  /** @param textBytes length of name and value */
  add(field: HeaderField, textBytes: number): void {
    const size = textBytes + OVERHEAD;
    this.#fields.push(field);
    this.#sizes.push(size);
    this.#bytes += size;
    this.#evict();
  }

  /** The encoder's size update (RFC 7541 6.3). */
  resize(bytes: number): void {
    this.#max = Math.min(bytes, MAX_BYTES);
    this.#evict();
  }

  /** Fields were missed: nothing known so far can be counted from the newest any more. The size is not known either. */
  forget(): void {
    this.#fields = [];
    this.#sizes = [];
    this.#bytes = 0;
    this.#max = MAX_BYTES;
  }

  #evict(): void {
    let gone = 0;
    while (this.#bytes > this.#max) this.#bytes -= this.#sizes[gone++];
    if (gone === 0) return;
    this.#fields.splice(0, gone);
    this.#sizes.splice(0, gone);
  }
}
