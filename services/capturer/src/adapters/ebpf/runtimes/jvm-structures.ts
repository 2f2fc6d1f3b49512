import type { MappedFile, ProcessMemory } from './process-memory.ts';

const MAX_ENTRIES = 20_000;
const MAX_FLAGS = 5000;
const MAX_ENTRY_BYTES = 256;
/** So many entries are read at once. */
const ROWS = 256;

/** A table of `gHotSpotVM...` (vmStructs.hpp): its name, and what its entries tell beside the name they begin with. */
const tables = {
  Struct: ['TypeName', 'FieldName', 'Offset', 'Address'],
  Type: ['TypeName', 'Size'],
} as const;

/** What a JVM tells of its own structures: any debugger finds its way by that. */
export class JvmStructures {
  /** By `Type.field`. */
  readonly #fields = new Map<string, { readonly offset: number; readonly address: number }>();
  readonly #sizes = new Map<string, number>();
  readonly #memory: ProcessMemory;

  constructor(memory: ProcessMemory, java: MappedFile) {
    this.#memory = memory;
    const names = Object.entries(tables).flatMap(([table, columns]) => [
      `${table}s`,
      `${table}EntryArrayStride`,
      ...columns.map((column) => `${table}Entry${column}Offset`),
    ]);
    const symbols = memory.symbols(
      java,
      names.map((name) => `gHotSpotVM${name}`),
    );
    const value = (name: string): number => memory.pointer(symbols.get(`gHotSpotVM${name}`) ?? 0);
    for (const [type, name, offset, address] of this.#entries('Struct', value))
      this.#fields.set(`${type}.${memory.text(name)}`, { offset, address });
    for (const [type, size] of this.#entries('Type', value)) this.#sizes.set(type, size);
  }

  /** The name that each entry begins with, and what else it tells. */
  *#entries(
    table: keyof typeof tables,
    value: (name: string) => number,
  ): Generator<readonly [name: string, ...words: number[]]> {
    const places = tables[table].map((column) => value(`${table}Entry${column}Offset`));
    for (const entry of this.#rows(value(`${table}s`), value(`${table}EntryArrayStride`), MAX_ENTRIES)) {
      const [name, ...words] = places.map((place) => Number(entry.readBigUInt64LE(place)));
      const text = this.#memory.text(name);
      if (text === '') return;
      yield [text, ...words];
    }
  }

  /** Entries of a table, read many at once. */
  *#rows(start: number, bytes: number, count: number): Generator<Buffer> {
    if (!(bytes > 0 && bytes <= MAX_ENTRY_BYTES)) return;
    for (let i = 0; i < count; i += ROWS) {
      const rows = this.#memory.read(start + i * bytes, ROWS * bytes);
      for (let row = 0; row < ROWS && i + row < count; row++) yield rows.subarray(row * bytes, (row + 1) * bytes);
    }
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  /** Bytes from the begin of its structure; NaN where it is not told. */
  offset(field: string): number {
    return this.#fields.get(field)?.offset ?? Number.NaN;
  }

  /** Where a static field is; 0 where it is not told. */
  address(field: string): number {
    return this.#fields.get(field)?.address ?? 0;
  }

  /** Bytes; NaN where it is not told. */
  size(type: string): number {
    return this.#sizes.get(type) ?? Number.NaN;
  }

  /** Which of these options of the JVM are on; one that it does not have is not. */
  flagsOn(wanted: readonly string[]): ReadonlySet<string> {
    const memory = this.#memory;
    const count = Math.min(memory.pointer(this.address('JVMFlag.numFlags')), MAX_FLAGS);
    const [name, value] = ['_name', '_addr'].map((field) => this.offset(`JVMFlag.${field}`));
    const on = new Set<string>();
    for (const flag of this.#rows(memory.pointer(this.address('JVMFlag.flags')), this.size('JVMFlag'), count)) {
      const text = memory.text(Number(flag.readBigUInt64LE(name)));
      if (wanted.includes(text) && memory.read(Number(flag.readBigUInt64LE(value)), 1)[0] !== 0) on.add(text);
    }
    return on;
  }
}
