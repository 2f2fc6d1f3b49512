import type { FlatTable } from './flat-table.ts';

/** A field of a foreign schema. */
export interface IpcField {
  readonly name: string;
  /** `Uint32`, `Utf8`, `Dictionary<Uint32, Utf8>` ...: as in the table of `field.ts`; `other` for what records never have. */
  readonly type: string;
  /** Of a dictionary field. */
  readonly dictionaryId: number | undefined;
  /** How many buffers the field itself has in a record batch, without its children. */
  readonly buffers: number;
  readonly children: readonly IpcField[];
}

export interface IpcSchema {
  readonly fields: readonly IpcField[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Tables may point at each other: without a bound few bytes could make any number of fields. */
const maxFields = 4096;

/** Schema.fbs of the Arrow columnar format: `Schema`. */
export function readSchema(table: FlatTable): IpcSchema {
  if (table.i16(0) !== 0) throw new RangeError('big-endian bytes');
  const budget = { left: maxFields };
  return {
    fields: table.tables(1).map((field) => readField(field, budget)),
    metadata: new Map(table.tables(2).map((pair) => [pair.text(0), pair.text(1)])),
  };
}

function readField(table: FlatTable, budget: { left: number }): IpcField {
  if (budget.left-- <= 0) throw new RangeError('too many fields');
  const dictionary = table.table(4);
  const children = table.tables(5).map((child) => readField(child, budget));
  const { type, buffers } = typeOf(table.u8(2), table.table(3));
  if (!dictionary) return { name: table.text(0), type, dictionaryId: undefined, buffers, children };
  const index = dictionary.table(1);
  const indexType = index ? integerOf(index) : 'Int32';
  // The batch holds the indices; the values come in dictionary batches.
  return {
    name: table.text(0),
    type: `Dictionary<${indexType}, ${type}>`,
    dictionaryId: dictionary.i64(0),
    buffers: 2,
    children: [],
  };
}

/** Schema.fbs: `Type`, the kinds of fields with the buffers that each has (Columnar.rst, "Buffer Listing for Each Layout"). */
function typeOf(kind: number, table: FlatTable | undefined): { type: string; buffers: number } {
  switch (kind) {
    case 2:
      return { type: integerOf(table!), buffers: 2 };
    case 3:
      return { type: table!.i16(0) === 1 ? 'Float32' : 'other', buffers: 2 };
    case 5:
      return { type: 'Utf8', buffers: 3 };
    case 6:
      return { type: 'Bool', buffers: 2 };
    case 10:
      return { type: table!.i16(0) === 2 ? 'Timestamp<us>' : 'other', buffers: 2 };
    case 15:
      return { type: `FixedSizeBinary(${table!.i32(0)})`, buffers: 2 };
    // Null
    case 1:
      return { type: 'other', buffers: 0 };
    // Binary, LargeBinary, LargeUtf8
    case 4:
    case 19:
    case 20:
      return { type: 'other', buffers: 3 };
    // Decimal, Date, Time, Interval, List, Map, Duration, LargeList
    case 7:
    case 8:
    case 9:
    case 11:
    case 12:
    case 17:
    case 18:
    case 21:
      return { type: 'other', buffers: 2 };
    // Struct, FixedSizeList
    case 13:
    case 16:
      return { type: 'other', buffers: 1 };
    default:
      throw new RangeError(`a field of type ${kind} is not supported`);
  }
}

function integerOf(table: FlatTable): string {
  return `${table.u8(1) === 0 ? 'Uint' : 'Int'}${table.i32(0)}`;
}
