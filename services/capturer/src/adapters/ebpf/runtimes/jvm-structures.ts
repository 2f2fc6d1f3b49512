import type { MappedFile, ProcessMemory } from './process-memory.ts';

const MAX_ENTRIES = 20_000;
const MAX_FLAGS = 5000;

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
    for (const [type, at, places] of this.#entries('Struct', value)) {
      const name = memory.text(memory.pointer(at + places[1]));
      const [offset, address] = [at + places[2], at + places[3]].map((place) => memory.pointer(place));
      this.#fields.set(`${type}.${name}`, { offset, address });
    }
    for (const [type, at, places] of this.#entries('Type', value)) {
      this.#sizes.set(type, memory.pointer(at + places[1]));
    }
  }

  *#entries(
    table: keyof typeof tables,
    value: (name: string) => number,
  ): Generator<[name: string, at: number, places: number[]]> {
    const places = tables[table].map((column) => value(`${table}Entry${column}Offset`));
    const stride = value(`${table}EntryArrayStride`);
    if (stride === 0) return;
    for (let i = 0, at = value(`${table}s`); i < MAX_ENTRIES; i++, at += stride) {
      const name = this.#memory.text(this.#memory.pointer(at + places[0]));
      if (name === '') return;
      yield [name, at, places];
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

  /** Whether an option of the JVM is on; false where it has none of that name. */
  flag(name: string): boolean {
    const memory = this.#memory;
    const first = memory.pointer(this.address('JVMFlag.flags'));
    const count = Math.min(memory.pointer(this.address('JVMFlag.numFlags')), MAX_FLAGS);
    for (let i = 0, at = first; i < count; i++, at += this.size('JVMFlag')) {
      if (memory.text(memory.pointer(at + this.offset('JVMFlag._name'))) !== name) continue;
      return memory.read(memory.pointer(at + this.offset('JVMFlag._addr')), 1)[0] !== 0;
    }
    return false;
  }
}
