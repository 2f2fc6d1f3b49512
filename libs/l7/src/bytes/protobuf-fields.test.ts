import { describe, expect, it } from 'vitest';
import { ProtobufFields } from './protobuf-fields.ts';

const all = (hex: string) => {
  const bytes = Buffer.from(hex, 'hex');
  const fields = new ProtobufFields().over(bytes, 0, bytes.length);
  const found: unknown[] = [];
  while (fields.next()) found.push([fields.number, fields.wireType === 0 ? fields.value : fields.text()]);
  return [found, fields.ok];
};

describe('ProtobufFields', () => {
  it('reads the examples of protobuf.dev, "Encoding"', () => {
    expect(all('089601')).toEqual([[[1, 150]], true]);
    expect(all('120774657374696e67')).toEqual([[[2, 'testing']], true]);
  });

  it('stops at what reaches beyond the end, and at groups', () => {
    expect(all('08960112ff')).toEqual([[[1, 150]], false]);
    expect(all('0b')).toEqual([[], false]);
    expect(all(`08${'ff'.repeat(12)}`)).toEqual([[], false]);
  });

  it('reads negative numbers of 32 bits, which are written as 64', () => {
    const bytes = Buffer.from('08feffffffffffffffff01', 'hex');
    const fields = new ProtobufFields().over(bytes, 0, bytes.length);
    fields.next();
    expect([fields.int32, fields.varintText()]).toEqual([-2, '18446744073709551614']);
  });
});
