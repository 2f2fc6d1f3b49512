import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface ElfSymbol {
  readonly name: string;
  /** Address as the file has it: where it lies in memory is that plus the load address of a shared object. */
  readonly address: number;
  readonly size: number;
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

const SHT_SYMTAB = 2;
const SHT_RELA = 4;
const SHT_DYNSYM = 11;
const PT_LOAD = 1;
const PF_W = 2;
/** `Elf64_Rela`, and its type for a pointer into the file itself: R_X86_64_RELATIVE, R_AARCH64_RELATIVE. */
const RELA_BYTES = 24;
const RELATIVE: ReadonlySet<number> = new Set([8, 1027]);
/** `Elf64_Sym` in words of 32 bits. */
const SYMBOL_WORDS = 6;
const MAX_TABLE_BYTES = 1 << 28;

/**
 * An ELF file (System V ABI, 64-bit, little-endian): its sections, segments and symbols. Everything in it may be false:
 * what does not fit into the file is not read.
 */
export class ElfFile {
  readonly #fd: number;
  readonly #size: number;
  #relocated: Map<number, number> | undefined;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];

  private constructor(fd: number) {
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    const head = this.#read(0, 64);
    this.segments = this.#segments(head);
    this.sections = this.#sections(head);
  }

  /** Undefined where the file cannot be read or is none. `close` it. */
  static open(path: string): ElfFile | undefined {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      return undefined;
    }
    try {
      const magic = Buffer.alloc(6);
      readSync(fd, magic, 0, 6, 0);
      if (magic.toString('latin1') === '\x7fELF\x02\x01') return new ElfFile(fd);
    } catch {
      // cut short
    }
    closeSync(fd);
    return undefined;
  }

  close(): void {
    closeSync(this.#fd);
  }

  section(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** The bytes of a section; none where it lies outside the file. */
  contents({ offset, size }: Section): Buffer {
    return this.#read(offset, size);
  }

  /** The bytes at an address that is loaded from the file; undefined where they are not all there. */
  bytesAt(address: number, size: number): Buffer | undefined {
    const offset = this.offsetOf(address);
    const bytes = offset === undefined || size < 0 ? undefined : this.#read(offset, size);
    return bytes?.length === size ? bytes : undefined;
  }

  /** The bytes from an address on, to the end of what is loaded with it at most. */
  bytesFrom(address: number, size: number): Buffer {
    const segment = this.#loadedAt(address);
    if (segment === undefined) return Buffer.alloc(0);
    const at = address - segment.address;
    return this.#read(segment.offset + at, Math.min(size, segment.fileSize - at));
  }

  /** Addresses at which those bytes lie in what is loaded and is not written to. */
  addressesOf(bytes: Buffer): number[] {
    return this.#loaded(false).flatMap(({ address, offset, fileSize }) =>
      placesOf(this.#read(offset, fileSize), bytes).map((at) => address + at),
    );
  }

  /** Addresses at which a pointer to an address of the file will lie. */
  pointersTo(target: number): number[] {
    const wanted = Buffer.alloc(8);
    wanted.writeBigUInt64LE(BigInt(target));
    const inPlace = this.#loaded(true).flatMap(({ address, offset, fileSize }) =>
      placesOf(this.#read(offset, fileSize), wanted).map((at) => address + at),
    );
    const relocated = [...this.#relocations].flatMap(([at, to]) => (to === target ? [at] : []));
    return [...new Set([...inPlace.filter((at) => at % 8 === 0), ...relocated])];
  }

  /** The pointer that will lie at an address, as the file's addresses are; undefined where there is none. */
  pointerAt(address: number): number | undefined {
    const relocated = this.#relocations.get(address);
    if (relocated !== undefined) return relocated;
    const target = Number(this.bytesAt(address, 8)?.readBigUInt64LE() ?? 0);
    return this.#loadedAt(target) && target;
  }

  /** What the loader writes into memory that points into the file itself: addresses by where they are written. */
  get #relocations(): ReadonlyMap<number, number> {
    if (this.#relocated) return this.#relocated;
    this.#relocated = new Map();
    for (const section of this.sections) {
      if (section.type !== SHT_RELA || section.address === 0) continue;
      const table = this.contents(section);
      for (let at = 0; at + RELA_BYTES <= table.length; at += RELA_BYTES) {
        if (!RELATIVE.has(table.readUInt32LE(at + 8))) continue;
        this.#relocated.set(Number(table.readBigUInt64LE(at)), Number(table.readBigInt64LE(at + 16)));
      }
    }
    return this.#relocated;
  }

  #loaded(isWritten: boolean): Segment[] {
    return this.segments.filter(({ type, flags }) => type === PT_LOAD && ((flags & PF_W) !== 0) === isWritten);
  }

  #loadedAt(address: number): Segment | undefined {
    return this.segments.find(
      (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.fileSize,
    );
  }

  /** Where the byte at an address lies in the file, as uprobes want it; undefined outside of what is loaded. */
  offsetOf(address: number): number | undefined {
    const segment = this.#loadedAt(address);
    return segment && address - segment.address + segment.offset;
  }

  /** Symbols of these names, of the dynamic table and, where the file is not stripped, of the full one. */
  symbols(wanted: readonly string[]): ElfSymbol[] {
    const found = new Map<string, ElfSymbol>();
    for (const type of [SHT_DYNSYM, SHT_SYMTAB]) {
      const section = this.sections.find((one) => one.type === type);
      if (section && found.size < wanted.length) this.#search(section, wanted, found);
    }
    return [...found.values()];
  }

  /** Symbols of the full table whose names contain one of these texts, and fit: those of Rust end with a hash, say. */
  symbolsLike(parts: readonly string[], wanted: RegExp): ElfSymbol[] {
    const section = this.sections.find((one) => one.type === SHT_SYMTAB);
    const strings = section && this.sections[section.link];
    if (section === undefined || strings === undefined) return [];
    const text = this.contents(strings);
    const names = new Map<number, string>();
    for (const at of parts.flatMap((part) => placesOf(text, Buffer.from(part)))) {
      const start = text.lastIndexOf(0, at) + 1;
      const name = textAt(text, start);
      if (wanted.test(name)) names.set(start, name);
    }
    const found: ElfSymbol[] = [];
    if (names.size > 0) this.#collect(section, names, (symbol) => found.push(symbol));
    return found;
  }

  #search(section: Section, wanted: readonly string[], found: Map<string, ElfSymbol>): void {
    const strings = this.sections[section.link];
    const names = strings && offsetsOf(wanted, this.contents(strings));
    if (names && names.size > 0) this.#collect(section, names, (symbol) => found.set(symbol.name, symbol));
  }

  /** Symbols of a table by where their names begin. */
  #collect({ offset, size }: Section, names: ReadonlyMap<number, string>, collect: (symbol: ElfSymbol) => void): void {
    const table = this.#read(offset, size);
    const words = new Uint32Array(table.buffer, table.byteOffset, table.length >>> 2);
    for (let at = 0; at + SYMBOL_WORDS <= words.length; at += SYMBOL_WORDS) {
      const name = names.get(words[at]);
      if (name === undefined) continue;
      const address = words[at + 3] * 0x1_0000_0000 + words[at + 2];
      // 0: defined elsewhere
      if (address !== 0) collect({ name, address, size: words[at + 5] * 0x1_0000_0000 + words[at + 4] });
    }
  }

  #segments(head: Buffer): Segment[] {
    const [offset, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
    const table = this.#read(offset, size * count);
    return rows(table, size, 56).map((at) => ({
      type: table.readUInt32LE(at),
      flags: table.readUInt32LE(at + 4),
      offset: Number(table.readBigUInt64LE(at + 8)),
      address: Number(table.readBigUInt64LE(at + 16)),
      fileSize: Number(table.readBigUInt64LE(at + 32)),
    }));
  }

  #sections(head: Buffer): Section[] {
    const [offset, size, count] = [Number(head.readBigUInt64LE(40)), head.readUInt16LE(58), head.readUInt16LE(60)];
    const table = this.#read(offset, size * count);
    const unnamed = rows(table, size, 64).map((at) => ({
      nameAt: table.readUInt32LE(at),
      type: table.readUInt32LE(at + 4),
      address: Number(table.readBigUInt64LE(at + 16)),
      offset: Number(table.readBigUInt64LE(at + 24)),
      size: Number(table.readBigUInt64LE(at + 32)),
      link: table.readUInt32LE(at + 40),
    }));
    const strings = unnamed[head.readUInt16LE(62)];
    const names = strings ? this.#read(strings.offset, strings.size) : Buffer.alloc(0);
    return unnamed.map(({ nameAt, ...section }) => ({ name: textAt(names, nameAt), ...section }));
  }

  #read(offset: number, size: number): Buffer {
    if (size > MAX_TABLE_BYTES || offset + size > this.#size) return Buffer.alloc(0);
    const bytes = Buffer.from(new ArrayBuffer(size)); // aligned, for words
    return bytes.subarray(0, readSync(this.#fd, bytes, 0, size, offset));
  }
}

/** Offsets of whole rows, where a row has at least the bytes that are read of it. */
function rows(table: Buffer, rowBytes: number, neededBytes: number): number[] {
  if (rowBytes < neededBytes) return [];
  return Array.from({ length: Math.floor(table.length / rowBytes) }, (_, i) => i * rowBytes);
}

function placesOf(memory: Buffer, wanted: Buffer): number[] {
  const places: number[] = [];
  for (let at = memory.indexOf(wanted); at >= 0; at = memory.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

/** Names of a string table by their offsets in it; a name may also be the end of a longer one. No text is made of the others. */
function offsetsOf(names: readonly string[], strings: Buffer): Map<number, string> {
  const offsets = new Map<number, string>();
  for (const name of names) {
    const bytes = Buffer.from(`${name}\0`, 'latin1');
    for (let at = strings.indexOf(bytes); at >= 0; at = strings.indexOf(bytes, at + 1)) offsets.set(at, name);
  }
  return offsets;
}

function textAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  return end < 0 ? '' : bytes.toString('latin1', at, end);
}
