import type { AttributeValue } from '../model/resource.ts';
import { writeAnyValue } from './common.ts';
import type { ProtobufWriter } from './writer.ts';

/** Most values of one attribute whose bytes are kept; an attribute that has more is not worth it. */
const MAX_VALUES = 4096;
/** Longer texts are not kept. */
const MAX_LENGTH = 128;
/** Most names and values in all; then everything is forgotten. */
const MAX_KEPT = 50_000;

interface Known {
  /** `KeyValue.key` with its tag and length. */
  readonly name: Uint8Array;
  /** Whole fields by text value; undefined where there were too many different ones. */
  pairs: Map<string, Uint8Array> | undefined;
  /** The text that came last, and its field: most come again at once. */
  last: string | undefined;
  lastPair: Uint8Array;
}

/**
 * Writes attributes of one field (KeyValue { key = 1, value = 2 } of opentelemetry/proto/common/v1/common.proto). Names
 * come again with every span and most texts with very many: their bytes are made once and then copied.
 */
export class AttributeCache {
  readonly #writer: ProtobufWriter;
  readonly #field: number;
  #known = new Map<string, Known>();
  #kept = 0;

  constructor(writer: ProtobufWriter, field: number) {
    this.#writer = writer;
    this.#field = field;
  }

  write(name: string, value: AttributeValue): void {
    const known = this.#known.get(name) ?? this.#learn(name);
    if (value === known.last) this.#writer.raw(known.lastPair);
    else if (typeof value === 'string' && known.pairs !== undefined && value.length <= MAX_LENGTH) {
      const pair = known.pairs.get(value);
      if (pair === undefined) this.#add(known, value);
      else {
        known.last = value;
        known.lastPair = pair;
        this.#writer.raw(pair);
      }
    } else this.#encode(known, value);
  }

  /** Texts that are different each time, such as ids: not kept. */
  writeUnique(name: string, value: string): void {
    this.#encode(this.#known.get(name) ?? this.#learn(name), value);
  }

  /** 16 lower-case hex digits. */
  writeId(name: string, high: number, low: number): void {
    const known = this.#known.get(name) ?? this.#learn(name);
    const writer = this.#writer;
    const pair = writer.begin(this.#field, 64);
    writer.raw(known.name);
    const any = writer.begin(2, 18);
    writer.hexText(1, high, low);
    writer.end(any);
    writer.end(pair);
  }

  #add(known: Known, value: string): void {
    const from = this.#writer.size;
    this.#encode(known, value);
    if (known.pairs!.size >= MAX_VALUES) known.pairs = undefined;
    else {
      known.pairs!.set(value, this.#writer.copy(from));
      this.#count();
    }
  }

  #encode({ name }: Known, value: AttributeValue): void {
    const writer = this.#writer;
    const pair = writer.begin(this.#field, typeof value === 'string' ? name.length + value.length + 6 : 64);
    writer.raw(name);
    writeAnyValue(writer, 2, value);
    writer.end(pair);
  }

  #count(): void {
    if (++this.#kept <= MAX_KEPT) return;
    this.#known = new Map();
    this.#kept = 0;
  }

  #learn(name: string): Known {
    this.#count();
    const from = this.#writer.size;
    this.#writer.string(1, name);
    const field = this.#writer.copy(from);
    const known = { name: field, pairs: new Map(), last: undefined, lastPair: field };
    this.#writer.cut(from);
    this.#known.set(name, known);
    return known;
  }
}
