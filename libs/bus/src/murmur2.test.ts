import { expect, test } from 'vitest';
import { murmur2, partitionOf } from './murmur2.ts';

test.each([
  // From Kafka's own UtilsTest.testMurmur2 (signed there).
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as Kafka does', (text, hash) => {
  expect(murmur2(Buffer.from(text)) | 0).toBe(hash);
});

test('reads only as many bytes as it is told', () => {
  expect(murmur2(Buffer.from('abcdef'), 3) | 0).toBe(479470107);
});

test('a partition is the positive part of the hash, modulo', () => {
  expect(partitionOf('foobar', 1000)).toBe((-790332482 & 0x7fffffff) % 1000);
  expect(partitionOf(Buffer.from('foobar'), 1000)).toBe(partitionOf('foobar', 1000));
});
