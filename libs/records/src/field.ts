/**
 * How a field of a record is declared: one place for its type, unit and meaning. Arrow schema, JSON names, TypeScript
 * types, the reference page and the AsyncAPI document are made from these declarations.
 *
 * | kind  | in memory (column)            | Arrow                     | JSON                          |
 * |-------|-------------------------------|---------------------------|-------------------------------|
 * | bool  | Uint8Array, 0 or 1            | Bool                      | true / false                  |
 * | u8    | Uint8Array                    | Uint8                     | number                        |
 * | u16   | Uint16Array                   | Uint16                    | number                        |
 * | u32   | Uint32Array                   | Uint32                    | number                        |
 * | u64   | Float64Array, integers < 2^53 | Uint64                    | number                        |
 * | f32   | Float32Array                  | Float32                   | number                        |
 * | time  | Float64Array, µs since epoch  | Timestamp(µs, UTC)        | number, µs                    |
 * | ip    | Uint32Array, 4 words a row    | FixedSizeBinary(16)       | text (RFC 5952)               |
 * | mac   | Float64Array, 48 bits         | FixedSizeBinary(6)        | text, lower case, colons      |
 * | id    | Uint32Array, 2 words a row    | FixedSizeBinary(8)        | 16 lower-case hex digits      |
 * | name  | codes into a dictionary       | Dictionary<Uint32, Utf8>  | text                          |
 * | text  | string[]                      | Utf8                      | text                          |
 * | map   | string[] of JSON text         | Utf8                      | object of text to text/number |
 *
 * IPv4 addresses stand in `ip` columns as ::ffff:a.b.c.d, most significant word first.
 * Absent is 0, '' or an all-zero address or id; JSON leaves out an absent field unless it is `required`, or the row's
 * protocol is one of its `when`.
 */
export type FieldKind =
  | 'bool'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'f32'
  | 'time'
  | 'ip'
  | 'mac'
  | 'id'
  | 'name'
  | 'text'
  | 'map';

/** How the rows of one flow become one: `first` and `last` skip absent values, `key` must be equal in all of them. */
export type Merge = 'key' | 'sum' | 'min' | 'max' | 'or' | 'first' | 'last';

export interface Field<K extends FieldKind = FieldKind, R extends boolean = boolean> {
  readonly kind: K;
  readonly doc: string;
  /** In JSON also where it is 0 or false. */
  readonly required: R;
  readonly merge: Merge;
  /** Protocols (`protocol` of the row) of which a 0 is a value and not absence: JSON then has it. */
  readonly when?: readonly string[];
  /** `us`, `bytes`, `packets` ...: absent for names and flags. */
  readonly unit?: string;
  /** Version of the record in which the field came. */
  readonly since: number;
}

export type Fields = Readonly<Record<string, Field>>;

interface More {
  when?: readonly string[];
  unit?: string;
  since?: number;
}

/** A field that JSON leaves out where it does not apply. */
export function optional<K extends FieldKind>(kind: K, merge: Merge, doc: string, more: More = {}): Field<K, false> {
  return { kind, merge, doc, required: false, since: 1, ...more };
}

/** A field that every JSON record has. */
export function required<K extends FieldKind>(kind: K, merge: Merge, doc: string, more: More = {}): Field<K, true> {
  return { kind, merge, doc, required: true, since: 1, ...more };
}

/** The same fields once more, for the client or the server. */
export function prefixed<P extends string, F extends Fields>(
  prefix: P,
  fields: F,
): { readonly [N in keyof F & string as `${P}_${N}`]: F[N] } {
  const entries = Object.entries(fields).map(([name, field]) => [`${prefix}_${name}`, field]);
  return Object.fromEntries(entries);
}

/** Whether JSON has the field also where it is 0, in a row of that protocol ('' where the record has none). */
export function isWritten({ required, when }: Field, protocol: string): boolean {
  return required || when?.includes(protocol) === true;
}

type JsonValue<K extends FieldKind> = K extends 'bool'
  ? boolean
  : K extends 'ip' | 'mac' | 'id' | 'name' | 'text'
    ? string
    : K extends 'map'
      ? Record<string, string | number>
      : number;

/** The JSON object of a record. */
export type RowOf<F extends Fields> = {
  -readonly [N in keyof F as F[N]['required'] extends true ? N : never]: JsonValue<F[N]['kind']>;
} & { -readonly [N in keyof F as F[N]['required'] extends true ? never : N]?: JsonValue<F[N]['kind']> };
