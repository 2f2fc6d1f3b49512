import { describe, expect, it } from 'vitest';
import { maskQuoted } from './mask-quoted.ts';

// Messages of MariaDB 10.11 and PostgreSQL 15.
describe('maskQuoted', () => {
  it.each([
    ["Duplicate entry 'it's a \"b\"' for key 'PRIMARY'", 'Duplicate entry ?'],
    ["Table 'shop.magazines' doesn't exist", "Table ? doesn't exist"],
    ["Can't create table 'x'", "Can't create table ?"],
    ["near 'nonsense' at line 1", 'near ? at line 1'],
    ['invalid input syntax for type integer: "abc"', 'invalid input syntax for type integer: ?'],
    ['relation "it\'s" does not exist', 'relation ? does not exist'],
    ['division by zero', 'division by zero'],
  ])('%s', (message, masked) => {
    expect(maskQuoted(message)).toBe(masked);
  });

  it('hides a value whose closing quote was cut off', () => {
    expect(maskQuoted(`invalid input syntax for type integer: "${'s'.repeat(400)}`)).not.toContain('sss');
    expect(maskQuoted("Truncated incorrect DOUBLE value: 'secret, and don't t")).toBe(
      'Truncated incorrect DOUBLE value: ?',
    );
  });
});
