/** What the values of a type are, however they are written. */
export const Kind = { fixed: 0, varint: 1, string: 2, list: 3, map: 4, struct: 5, unknown: 6 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Types of one of the two protocols, by their number on the wire. */
export interface Encoding {
  readonly kinds: readonly Kind[];
  /** Bytes of those of fixed length. */
  readonly sizes: readonly number[];
  readonly stringType: number;
}

const { fixed, varint, string, list, map, struct, unknown } = Kind;

/** bool 2, i8 3, double 4, i16 6, i32 8, i64 10, binary 11, struct 12, map 13, set 14, list 15, uuid 16 */
export const binaryEncoding: Encoding = {
  kinds: [
    unknown,
    unknown,
    fixed,
    fixed,
    fixed,
    unknown,
    fixed,
    unknown,
    fixed,
    unknown,
    fixed,
    string,
    struct,
    map,
    list,
    list,
    fixed,
  ], // prettier-ignore
  sizes: [0, 0, 1, 1, 8, 0, 2, 0, 4, 0, 8, 0, 0, 0, 0, 0, 16],
  stringType: 11,
};

/** bool 1 and 2, i8 3, i16 4, i32 5, i64 6, double 7, binary 8, list 9, set 10, map 11, struct 12, uuid 13 */
export const compactEncoding: Encoding = {
  kinds: [unknown, fixed, fixed, fixed, varint, varint, varint, fixed, string, list, list, map, struct, fixed],
  sizes: [0, 1, 1, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 16],
  stringType: 8,
};
