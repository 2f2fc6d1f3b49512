import type { TextCache } from '../../../bytes/text-cache.ts';
import { DynamicTable } from './dynamic-table.ts';
import { decodeHuffman } from './huffman.ts';
import { type HeaderField, staticTable } from './static-table.ts';

/** Who wants header fields. */
export interface HeaderSink {
  /** Names that no one wants stay bytes. */
  wants(name: string): boolean;
  header(name: string, value: string): void;
}

/** A value of such length is no header of ours. */
const MAX_INTEGER = 1 << 24;
/** Longer texts are cut; their length still counts. */
const scratch = new Uint8Array(2048);
const ignored: HeaderField = { name: '', value: '' };
const STATIC_FIELDS = staticTable.length;

/** Header blocks of one direction (RFC 7541). Fields that refer to what was sent before the pick-up are left out. */
export class HpackDecoder {
  readonly table = new DynamicTable();
  /** The block read last refers to fields that were sent before the pick-up. */
  hidesFields = false;
  readonly #texts: TextCache;
  #bytes: Uint8Array = scratch;
  #at = 0;
  #end = 0;
  /** Text length of the string read last, decoded. */
  #textBytes = 0;

  constructor(texts: TextCache) {
    this.#texts = texts;
  }

  /** Reads a whole block, or the start of one. False if it is none, or is cut: then the table is not sure any more. */
  decode(bytes: Uint8Array, start: number, end: number, sink: HeaderSink): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.hidesFields = false;
    let sound = true;
    while (sound && this.#at < end) sound = this.#field(sink);
    this.#bytes = scratch;
    if (!sound) this.table.forget();
    return sound;
  }

  /**
   *     1xxxxxxx  indexed field                          (6.1)
   *     01xxxxxx  literal, added to the table            (6.2.1)
   *     001xxxxx  table size update                      (6.3)
   *     000xxxxx  literal, not added, or never indexed   (6.2.2, 6.2.3)
   */
  #field(sink: HeaderSink): boolean {
    const first = this.#bytes[this.#at];
    if (first >= 0x80) {
      const index = this.#integer(7);
      if (index <= 0) return false;
      const field = index < STATIC_FIELDS ? staticTable[index] : this.table.get(index - STATIC_FIELDS);
      if (field === undefined) this.hidesFields = true;
      else if (field.name !== '' && sink.wants(field.name)) sink.header(field.name, field.value);
      return true;
    }
    if (first >= 0x40) return this.#literal(sink, 6, true);
    if (first < 0x20) return this.#literal(sink, 4, false);
    const size = this.#integer(5);
    if (size < 0) return false;
    this.table.resize(size);
    return true;
  }

  #literal(sink: HeaderSink, prefix: number, add: boolean): boolean {
    const index = this.#integer(prefix);
    if (index < 0) return false;
    let name: string | null = '';
    let nameBytes = 0;
    if (index === 0) {
      name = this.#text(true);
      nameBytes = this.#textBytes;
    } else if (index < STATIC_FIELDS) name = staticTable[index].name;
    else {
      const known = this.table.get(index - STATIC_FIELDS);
      if (known === undefined) this.hidesFields = true;
      name = known?.name ?? '';
    }
    if (name === null) return false;
    const wanted = name !== '' && sink.wants(name);
    const value = this.#text(wanted);
    if (value === null) return false;
    if (wanted) sink.header(name, value);
    // A field that no one wants counts with its size, and without its text: it may be a secret.
    if (add) this.table.add(wanted ? { name, value } : ignored, (nameBytes || name.length) + this.#textBytes);
    return true;
  }

  /** An integer with a prefix of so many bits (5.1); -1 if it is cut or too great. */
  #integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    let value = this.#bytes[this.#at++] & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) return -1;
      const byte = this.#bytes[this.#at++];
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value <= MAX_INTEGER ? value : -1;
    }
    return -1;
  }

  /** A string (5.2): null if it is cut or wrong, '' if it is not wanted. */
  #text(wanted: boolean): string | null {
    if (this.#at >= this.#end) return null;
    const isHuffman = this.#bytes[this.#at] >= 0x80;
    const length = this.#integer(7);
    const from = this.#at;
    if (length < 0 || from + length > this.#end) return null;
    this.#at = from + length;
    this.#textBytes = length;
    if (!isHuffman) return wanted ? this.#texts.get(this.#bytes, from, from + length) : '';
    const decoded = decodeHuffman(scratch, this.#bytes, from, from + length);
    if (decoded < 0) return null;
    this.#textBytes = decoded;
    return wanted ? this.#texts.get(scratch, 0, Math.min(decoded, scratch.length)) : '';
  }
}
