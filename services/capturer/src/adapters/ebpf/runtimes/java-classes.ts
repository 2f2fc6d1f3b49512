import { isKnown, isWay, kindOf, wayOf } from './java-kinds.ts';
import type { JvmStructures } from './jvm-structures.ts';
import type { ProcessMemory } from './process-memory.ts';

/** `enum java_class_kind` of bpf/java-walk.h. */
export const JavaClassKind = {
  hub: 1,
  plain: 2,
  array: 3,
  thread: 4,
  descriptor: 5,
  chunk: 6,
  connection: 7,
  future: 8,
  own: 9,
  made: 10,
  command: 11,
} as const;
export type JavaClassKind = (typeof JavaClassKind)[keyof typeof JavaClassKind];

/** Where an object of a class has what is looked at. */
export interface JavaClass {
  readonly name: string;
  readonly kind: JavaClassKind;
  /** Numbers of words of 4 bytes that are references. */
  readonly references: readonly number[];
  /** So many of them, the first ones, lead on to whoever waits. */
  readonly ahead?: number;
  /** Bytes from the object's begin to the word that is set when nobody waits any more. */
  readonly doneAt?: number;
  /** Bytes from the object's begin, as `struct java_class` has them. */
  readonly places: readonly number[];
}

/** Of compressed references and classes: what is added to a number that was shifted. */
export interface Narrow {
  readonly base: number;
  readonly shift: number;
}

/** Words of 4 bytes of an object that are looked at, and references of these. */
const MAX_WORDS = 64;
const MAX_REFERENCES = 24;
const MAX_SUPERS = 16;
const MAX_NAME = 256;
const MAX_LOADED = 20_000;
const MAX_LOADERS = 1000;
const MAX_MAPS = 16;
const MAX_FIELDS = 256;
/** Elements of an array begin behind its header: marks, class and length, 4 bytes a word. */
const FIRST_ELEMENT = 4;
const LONGEST_ARRAY = 17;
/** `Klass::_lh_array_tag_obj_value`: the two top bits of the layout of an array of references. */
const REFERENCE_ARRAY = 0b10;
const STATIC = 8;

/** Of each field in a `fieldinfo` stream: its name, signature, place, and two kinds of flags. */
const FIELD_NUMBERS = 5;
/** Flags of a field that tell of one number more: `_ff_initialized`, `_ff_generic`, `_ff_contended`. */
const MORE = [1, 4, 16];
const INJECTED = 2;

/** Classes of a JVM (HotSpot, 17 and later), read in its memory by its own description of them. */
export class JavaClasses {
  readonly #memory: ProcessMemory;
  readonly #jvm: JvmStructures;
  readonly #narrow: Narrow;
  /** The class that each loader had loaded last. */
  readonly #newest = new Map<number, number>();

  /** @param narrow how a class is named in an object */
  constructor(memory: ProcessMemory, jvm: JvmStructures, narrow: Narrow) {
    this.#memory = memory;
    this.#jvm = jvm;
    this.#narrow = narrow;
  }

  /** The class that is named so in an object's header; undefined where that is none. */
  of(name: number): JavaClass | undefined {
    const at = this.#narrow.base + name * 2 ** this.#narrow.shift;
    const names = this.#namesOf(at);
    if (names.length === 0) return undefined;
    const kind = kindOf(names);
    const layout = this.#number(at, 'Klass._layout_helper');
    const none = { name: names[0], references: [], places: [] };
    if (layout >>> 30 === REFERENCE_ARRAY) {
      const references = Array.from({ length: LONGEST_ARRAY }, (_, i) => FIRST_ELEMENT + i);
      return { ...none, kind: kind === 'hub' ? JavaClassKind.hub : JavaClassKind.array, references };
    }
    if (layout <= 0 || kind === 'hub') return { ...none, kind: JavaClassKind.hub };
    const fields = (...wanted: string[]) => wanted.map((field) => this.#fieldOf(at, field));
    const way = wayOf(names);
    const wordsOf = (wanted: readonly string[]) => fields(...wanted).flatMap((place) => (place ? [place / 4] : []));
    const ahead = way ? wordsOf(way.ahead) : [];
    const references = way?.also ? [...ahead, ...wordsOf(way.also)] : this.#references(at);
    const doneAt = way?.done ? this.#fieldOf(at, way.done) : undefined;
    const followed = { references, ahead: ahead.length, ...(doneAt && { doneAt }) };
    if (kind === 'made') return { ...none, kind: JavaClassKind.made };
    const fieldsIfAny = (...wanted: string[]) => fields(...wanted).map((place) => place ?? 0);
    if (kind === 'plain' || kind === 'future' || kind === 'command')
      return { ...none, kind: JavaClassKind[kind], ...followed, places: fieldsIfAny(...(way?.keeps ?? [])) };
    const places =
      kind === 'chunk'
        ? [...fields('size', 'sp'), layout & ~7]
        : kind === 'thread'
          ? [...fields('eetop', 'tid'), ...fieldsIfAny('cont')]
          : kind === 'own'
            ? fieldsIfAny('tail')
            : kind === 'connection'
              ? [
                  fields('channel', 'ch', 'socket').find((place) => place !== undefined),
                  ...fieldsIfAny('unsafe', 'readPublisher'),
                ]
              : fields(names.includes('sun/nio/ch/SocketChannelImpl') ? 'fdVal' : 'fd');
    if (places.some((place) => place === undefined)) return { ...none, kind: JavaClassKind.hub };
    return { ...none, kind: JavaClassKind[kind], ...followed, places: places as number[] };
  }

  /** How objects name those classes of the JDK that lead to whoever waits, and were loaded since this was asked last; the known ones first. */
  loaded(): number[] {
    const known: number[] = [];
    const others: number[] = [];
    let loader = this.#memory.pointer(this.#jvm.address('ClassLoaderDataGraph._head'));
    for (let i = 0; i < MAX_LOADERS && loader > 0; i++) {
      const newest = this.#pointer(loader, 'ClassLoaderData._klasses');
      for (const { at, name } of this.#loadedSince(newest, this.#newest.get(loader)))
        if (isWay(name)) (isKnown(name) ? known : others).push((at - this.#narrow.base) / 2 ** this.#narrow.shift);
      this.#newest.set(loader, newest);
      loader = this.#pointer(loader, 'ClassLoaderData._next');
    }
    return [...known, ...others];
  }

  *#loadedSince(newest: number, before: number | undefined): Generator<{ at: number; name: string }> {
    const [name, next] = ['Klass._name', 'Klass._next_link'].map((field) => this.#jvm.offset(field));
    let at = newest;
    for (let i = 0; i < MAX_LOADED && at > 0 && at !== before; i++) {
      const klass = this.#memory.read(at, Math.max(name, next) + 8);
      yield { at, name: this.#symbol(Number(klass.readBigUInt64LE(name))) };
      at = Number(klass.readBigUInt64LE(next));
    }
  }

  #number(at: number, field: string): number {
    return this.#memory.number(at + this.#jvm.offset(field));
  }

  #pointer(at: number, field: string): number {
    return this.#memory.pointer(at + this.#jvm.offset(field));
  }

  #symbol(at: number): string {
    const body = this.#jvm.offset(this.#jvm.has('Symbol._body') ? 'Symbol._body' : 'Symbol._body[0]');
    const bytes = this.#memory.read(at, body + MAX_NAME);
    const length = bytes.readUInt16LE(this.#jvm.offset('Symbol._length'));
    return bytes.toString('latin1', body, body + Math.min(length, MAX_NAME));
  }

  /** Its name, and those of the classes above it. Empty where there is no class. */
  #namesOf(at: number): string[] {
    const names: string[] = [];
    for (let i = 0; i < MAX_SUPERS && at > 0; i++, at = this.#pointer(at, 'Klass._super')) {
      const name = this.#symbol(this.#pointer(at, 'Klass._name'));
      if (!/^[[\w$/;.+-]+$/.test(name)) return [];
      names.push(name);
    }
    return names;
  }

  /** Those of all fields that are no static ones: `OopMapBlock`s stand behind the tables of methods. */
  #references(at: number): number[] {
    const tables = this.#number(at, 'Klass._vtable_len') + this.#number(at, 'InstanceKlass._itable_len');
    const count = Math.min(this.#number(at, 'InstanceKlass._nonstatic_oop_map_size'), MAX_MAPS);
    const start = at + 8 * (Math.ceil(this.#jvm.size('InstanceKlass') / 8) + tables);
    const words: number[] = [];
    for (let i = 0; i < count; i++) {
      const first = this.#memory.number(start + 8 * i);
      const fields = this.#memory.number(start + 8 * i + 4);
      for (let field = 0; field < fields && field < MAX_WORDS; field++) words.push(first / 4 + field);
    }
    return words.filter((word) => word > 0 && word < MAX_WORDS).slice(0, MAX_REFERENCES);
  }

  /** Where objects have that field, of this class or one above. */
  #fieldOf(at: number, name: string): number | undefined {
    for (let i = 0; i < MAX_SUPERS && at > 0; i++, at = this.#pointer(at, 'Klass._super')) {
      const fields = this.#jvm.has('InstanceKlass._fields') ? this.#fields(at) : this.#fieldStream(at);
      const place = fields.get(name);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  #nameIn(at: number, index: number): string {
    const pool = this.#pointer(at, 'InstanceKlass._constants') + this.#jvm.size('ConstantPool');
    return this.#symbol(this.#memory.pointer(pool + 8 * index));
  }

  /** Before JDK 21: six numbers of 16 bits each; the place is in the last two, above two bits that tell that it is one. */
  #fields(at: number): Map<string, number> {
    const array = this.#pointer(at, 'InstanceKlass._fields');
    const count = this.#memory.read(at + this.#jvm.offset('InstanceKlass._java_fields_count'), 2).readUInt16LE();
    const fields = new Map<string, number>();
    for (let i = 0; i < Math.min(count, MAX_FIELDS); i++) {
      const field = this.#memory.read(array + this.#jvm.offset('Array<u2>._data') + 12 * i, 12);
      if ((field.readUInt16LE(0) & STATIC) !== 0) continue;
      fields.set(this.#nameIn(at, field.readUInt16LE(2)), field.readUInt32LE(8) >>> 2);
    }
    return fields;
  }

  /** From JDK 21 on: a stream of numbers (`FieldInfoStream`), how many fields there are and how many were injected first. */
  #fieldStream(at: number): Map<string, number> {
    const array = this.#pointer(at, 'InstanceKlass._fieldinfo_stream');
    const length = Math.min(this.#memory.number(array), 16 * MAX_FIELDS);
    const next = unsigned5(this.#memory.read(array + this.#jvm.offset('Array<u1>._data'), Math.max(length, 0)));
    const fields = new Map<string, number>();
    const count = Math.min(next() + next(), MAX_FIELDS);
    for (let i = 0; i < count; i++) {
      const [name, , place, access, flags] = Array.from({ length: FIELD_NUMBERS }, next);
      for (const flag of MORE) if ((flags & flag) !== 0) next();
      if ((access & STATIC) === 0 && (flags & INJECTED) === 0) fields.set(this.#nameIn(at, name), place);
    }
    return fields;
  }
}

/** Reads numbers in `UNSIGNED5` (unsigned5.hpp): up to five digits, all but the last one above 191; none has the digit 0. */
function unsigned5(bytes: Buffer): () => number {
  const LOWEST = 1;
  const LAST = 191;
  const DIGIT_BITS = 6;
  let at = 0;
  return () => {
    let sum = 0;
    for (let i = 0; i < 5; i++) {
      const digit = (bytes[at++] ?? LOWEST) - LOWEST;
      sum += digit * 2 ** (DIGIT_BITS * i);
      if (digit < LAST) break;
    }
    return sum;
  };
}
