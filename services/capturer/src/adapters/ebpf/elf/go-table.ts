import type { ElfFile } from './elf-file.ts';

/** Go 1.18 and 1.19, from 1.20 on (internal/abi, `CurrentPCLnTabMagic`). */
const magics = new Set([0xfffffff0, 0xfffffff1]);
const WORD = 8;
/** `text` in `runtime.moduledata`, which is the section `.go.module` from 1.26 on. */
const MODULE_TEXT = 176;
const MAX_FUNCTION_BYTES = 1 << 20;
const MAX_NAME_BYTES = 1024;

/** A function of a Go program; addresses as the file has them. */
export interface GoFunction {
  readonly begin: number;
  readonly end: number;
  /** Place of its name in the table of names. */
  readonly nameAt: number;
}

/**
 * The functions of a Go program for amd64, stripped or not, in the order of their addresses: `.gopclntab`, which the runtime
 * itself needs.
 *
 * ```
 *   magic, 0, 0, quantum, word size | functions | files | text start | offsets of names, cu, files, pc, functions
 *   functions: u32 offset in the text, u32 offset of { u32 entry, i32 name, ... }; then the end of the text
 * ```
 */
export class GoTable {
  readonly #elf: ElfFile;
  readonly #names: Buffer;
  readonly #text: number;
  /** Offsets in the text, and those of the rest, by turns: there are many, so they stay as they are. */
  readonly #offsets: Uint32Array;
  readonly #rows: Buffer;

  private constructor(elf: ElfFile, names: Buffer, text: number, rows: Buffer, count: number) {
    this.#elf = elf;
    this.#names = names;
    this.#text = text;
    this.#rows = rows;
    const { buffer, byteOffset } = rows;
    this.#offsets = new Uint32Array(buffer.slice(byteOffset, byteOffset + count * WORD + 4));
  }

  /** Undefined where the program has none that is understood. */
  static of(elf: ElfFile): GoTable | undefined {
    const section = elf.section('.gopclntab') ?? elf.section('.data.rel.ro.gopclntab');
    if (section === undefined) return undefined;
    const table = elf.contents(section);
    if (table.length < 9 * WORD || !magics.has(table.readUInt32LE(0)) || table[7] !== WORD) return undefined;
    const header = (word: number) => Number(table.readBigUInt64LE(word * WORD));
    const text = header(3) || textOf(elf);
    const rows = table.subarray(header(8));
    const count = Math.min(header(1), Math.max(0, Math.floor((rows.length - 4) / WORD)));
    return new GoTable(elf, table.subarray(header(4), header(5)), text, rows, count);
  }

  get #count(): number {
    return this.#offsets.length >>> 1;
  }

  /** Where the function of that number ends: where the next one begins. */
  #endOf(number: number): number {
    return this.#text + this.#offsets[2 * number + 2];
  }

  /** Place of its name; undefined where that is not all there. */
  #nameOf(number: number): number | undefined {
    const at = this.#offsets[2 * number + 1];
    return at + WORD > this.#rows.length ? undefined : this.#rows.readInt32LE(at + 4);
  }

  #function(number: number): GoFunction | undefined {
    const nameAt = this.#nameOf(number);
    if (nameAt === undefined) return undefined;
    return { begin: this.#text + this.#offsets[2 * number], end: this.#endOf(number), nameAt };
  }

  /** The code of all of them. */
  get range(): { readonly begin: number; readonly end: number } {
    const count = this.#count;
    return count === 0 ? { begin: 0, end: 0 } : { begin: this.#text + this.#offsets[0], end: this.#endOf(count - 1) };
  }

  functionAt(address: number): GoFunction | undefined {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#endOf(middle) <= address) low = middle + 1;
      else high = middle;
    }
    const found = low < this.#count ? this.#function(low) : undefined;
    return found && found.begin <= address ? found : undefined;
  }

  /** The functions of these names, and which name each has. */
  named(names: readonly string[]): Map<GoFunction, string> {
    const places = this.#placesOf(names);
    const found = new Map<GoFunction, string>();
    for (let number = 0; places.size > 0 && number < this.#count; number++) {
      const name = places.get(this.#nameOf(number) ?? -1);
      if (name !== undefined) found.set(this.#function(number)!, name);
    }
    return found;
  }

  /** Places of whole names in the table of names. */
  #placesOf(names: readonly string[]): Map<number, string> {
    const places = new Map<number, string>();
    for (const name of names) {
      const at = this.#names.indexOf(`\0${name}\0`, 0, 'latin1');
      if (at >= 0) places.set(at + 1, name);
    }
    return places;
  }

  /** `package/path.(*Type).method`; what is not a letter in the last part of a path is written as %2e. */
  nameOf({ nameAt }: GoFunction): string {
    const end = this.#names.indexOf(0, nameAt);
    return this.#names.toString('latin1', nameAt, Math.min(end, nameAt + MAX_NAME_BYTES));
  }

  /** Undefined where it is not all there. */
  codeOf({ begin, end }: GoFunction): Buffer | undefined {
    return this.#elf.bytesAt(begin, Math.min(end - begin, MAX_FUNCTION_BYTES));
  }
}

function textOf(elf: ElfFile): number {
  const module = elf.section('.go.module');
  const bytes = module && elf.contents(module);
  const text = bytes && bytes.length >= MODULE_TEXT + WORD ? Number(bytes.readBigUInt64LE(MODULE_TEXT)) : 0;
  return text || elf.symbols(['runtime.text'])[0]?.address || elf.section('.text')?.address || 0;
}
