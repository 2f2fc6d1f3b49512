import fc from 'fast-check';
import type { FieldKind, Fields, RowOf } from '../field.ts';
import { ipText } from '../ip.ts';
import type { RecordType } from '../record-type.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const hex = (digits: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits })
    .map((all) => all.map((digit) => digit.toString(16)).join(''));

const values: Record<FieldKind, fc.Arbitrary<unknown>> = {
  bool: fc.boolean(),
  u8: fc.integer({ min: 0, max: 0xff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  u32: word,
  u64: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  time: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  f32: fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000),
  ip: fc.oneof(
    fc.tuple(word, word, word, word).map((words) => ipText(Uint32Array.from(words), 0)),
    word.map((ipv4) => ipText(Uint32Array.of(0, 0, 0xffff, ipv4), 0)),
  ),
  mac: hex(12).map((digits) => digits.match(/../g)!.join(':')),
  id: hex(16),
  name: fc.oneof(fc.constantFrom('tcp', 'udp', 'c', 's'), fc.string({ unit: 'grapheme' })),
  text: fc.string({ unit: 'grapheme' }),
  map: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.oneof(fc.string(), fc.integer()),
  ),
};

/** Rows of a record as JSON has them: fields at random, absent ones left out. */
export function arbitraryRow<F extends Fields>(type: RecordType<F>): fc.Arbitrary<Partial<RowOf<F>>> {
  const fields = Object.entries(type.fields).map(([name, { kind }]) => [name, values[kind]]);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] }) as fc.Arbitrary<Partial<RowOf<F>>>;
}
