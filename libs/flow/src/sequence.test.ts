import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seqAdd, seqAfter, seqBefore, seqDistance } from './sequence.ts';

const anySeq = fc.integer({ min: 0, max: 0xffff_ffff });
const lessThanHalf = fc.integer({ min: 1, max: 0x7fff_ffff });

test('a number some bytes later comes after, also where the numbers wrap around', () => {
  fc.assert(
    fc.property(anySeq, lessThanHalf, (seq, bytes) => {
      const later = seqAdd(seq, bytes);
      expect(later).toBe((seq + bytes) % 2 ** 32);
      expect(seqDistance(later, seq)).toBe(bytes);
      expect(seqDistance(seq, later)).toBe(-bytes);
      expect([seqAfter(later, seq), seqAfter(seq, later)]).toEqual([true, false]);
      expect([seqBefore(seq, later), seqBefore(later, seq)]).toEqual([true, false]);
    }),
  );
});

test('a number is neither before nor after itself', () => {
  fc.assert(
    fc.property(anySeq, (seq) => {
      expect([seqDistance(seq, seq), seqAfter(seq, seq), seqBefore(seq, seq)]).toEqual([0, false, false]);
    }),
  );
});
