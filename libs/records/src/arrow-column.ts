import type { Column, NameColumn, TextColumn } from './column.ts';
import type { FieldKind } from './field.ts';
import type { IpcArray } from './ipc/array.ts';
import { utf8Texts } from './ipc/texts.ts';
import { readBigEndian, readBits, readInt64, readMacs } from './words.ts';

/** The Arrow type of each kind, as in the table of `field.ts`. */
export const arrowTypes: Record<FieldKind, string> = {
  bool: 'Bool',
  u8: 'Uint8',
  u16: 'Uint16',
  u32: 'Uint32',
  u64: 'Uint64',
  f32: 'Float32',
  time: 'Timestamp<us>',
  ip: 'FixedSizeBinary(16)',
  mac: 'FixedSizeBinary(6)',
  id: 'FixedSizeBinary(8)',
  name: 'Dictionary<Uint32, Utf8>',
  text: 'Utf8',
  map: 'Utf8',
};

const bytesPerRow: Record<FieldKind, number> = {
  bool: 1 / 8,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  f32: 4,
  time: 8,
  ip: 16,
  mac: 6,
  id: 8,
  name: 4,
  text: 0,
  map: 0,
};

/** Puts the values of one Arrow column into the rows from `at` on of a column that has room for them. */
export type ArrowColumn = (into: Column, at: number) => void;

/** Checks a column as a whole, so that reading it cannot fail; throws a RangeError where it is not what it says. */
export function arrowColumn(kind: FieldKind, array: IpcArray, dictionary: readonly string[]): ArrowColumn {
  if (array.values.length < bytesPerRow[kind] * array.length) throw new RangeError('values are cut');
  if (kind === 'text' || kind === 'map') return textReader(array);
  const read = kind === 'name' ? nameReader(array, dictionary) : numberReader(kind, array);
  if (array.validity.length === 0) return read;
  return (into, at) => {
    read(into, at);
    clearNulls(array, into, at);
  };
}

function numberReader(kind: FieldKind, { values, length }: IpcArray): ArrowColumn {
  const { buffer, byteOffset } = values;
  switch (kind) {
    case 'bool':
      return (into, at) => readBits(values, into.values as Uint8Array, at, length);
    case 'u64':
    case 'time': {
      const words = new Uint32Array(buffer, byteOffset, 2 * length);
      return (into, at) => readInt64(words, into.values as Float64Array, at, length);
    }
    case 'ip':
      return (into, at) => readBigEndian(values, into.values as Uint32Array, 4 * at, 4 * length);
    case 'id':
      return (into, at) => readBigEndian(values, into.values as Uint32Array, 2 * at, 2 * length);
    case 'mac':
      return (into, at) => readMacs(values, into.values as Float64Array, at, length);
    case 'f32': {
      const floats = new Float32Array(buffer, byteOffset, length);
      return (into, at) => (into.values as Float32Array).set(floats, at);
    }
    case 'u32': {
      const words = new Uint32Array(buffer, byteOffset, length);
      return (into, at) => (into.values as Uint32Array).set(words, at);
    }
    case 'u16': {
      const shorts = new Uint16Array(buffer, byteOffset, length);
      return (into, at) => (into.values as Uint16Array).set(shorts, at);
    }
    default:
      return (into, at) => (into.values as Uint8Array).set(values.subarray(0, length), at);
  }
}

function nameReader({ values, validity, length }: IpcArray, dictionary: readonly string[]): ArrowColumn {
  const indices = new Uint32Array(values.buffer, values.byteOffset, length);
  // The index of a null may be anything.
  const isChecked = (row: number) => validity.length === 0 || (validity[row >> 3] >> (row & 7)) & 1;
  for (let i = 0; i < length; i++) {
    if (indices[i] >= dictionary.length && isChecked(i))
      throw new RangeError('an index lies outside of its dictionary');
  }
  return (into, at) => {
    const names = into as NameColumn;
    const codes = Uint32Array.from(dictionary, (text) => names.code(text));
    const target = names.values;
    for (let i = 0; i < length; i++) target[at + i] = codes[indices[i]];
  };
}

function textReader(array: IpcArray): ArrowColumn {
  const texts = utf8Texts(array);
  return (into, at) => {
    const target = (into as TextColumn).values;
    for (let i = 0; i < texts.length; i++) target[at + i] = texts[i];
  };
}

/** Flowloom writes no nulls; another writer's are what is absent here. */
function clearNulls({ validity, length }: IpcArray, into: Column, at: number): void {
  const { values, width } = into;
  if (Array.isArray(values)) return;
  for (let i = 0; i < length; i++) {
    if (((validity[i >> 3] >> (i & 7)) & 1) === 0) values.fill(0, (at + i) * width, (at + i + 1) * width);
  }
}
