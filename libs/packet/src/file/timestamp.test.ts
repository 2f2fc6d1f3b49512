import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timestamp } from './timestamp.ts';

/** The time of a 64-bit timestamp in ns, by the definition of `if_tsresol`, in integers of any size. */
function nanosecondsOf(ticks: bigint, resolution: number, offsetSeconds: number): bigint {
  const perSecond = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
  return (ticks * 1_000_000_000n) / perSecond + BigInt(offsetSeconds) * 1_000_000_000n;
}

function read(ticks: bigint, resolution: number, offsetSeconds: number): bigint {
  const timestamp = new Timestamp(resolution, offsetSeconds);
  timestamp.set(Number((ticks >> 32n) & 0xffff_ffffn), Number(ticks & 0xffff_ffffn));
  return BigInt(timestamp.us) * 1000n + BigInt(timestamp.nanosPastUs);
}

const seconds = fc.bigInt(0n, 5_000_000_000n);
const offset = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

test.each([0, 1, 3, 6, 7, 9])('units of 10^-%i s are read without loss', (resolution) => {
  const perSecond = 10n ** BigInt(resolution);
  fc.assert(
    fc.property(seconds, fc.bigInt(0n, perSecond - 1n), offset, (s, fraction, by) => {
      const ticks = s * perSecond + fraction;
      expect(read(ticks, resolution, by)).toBe(nanosecondsOf(ticks, resolution, by));
    }),
  );
});

test.each([10, 12, 18, 19])('units of 10^-%i s are cut to ns', (resolution) => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (ticks) => {
      expect(read(ticks, resolution, 0)).toBe(nanosecondsOf(ticks, resolution, 0));
    }),
  );
});

test.each([0, 10, 16, 20, 30, 32])('units of 2^-%i s are read without loss', (bits) => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** BigInt(bits + 32) - 1n), offset, (ticks, by) => {
      const cut = ticks % 2n ** 63n;
      expect(read(cut, 0x80 | bits, by)).toBe(nanosecondsOf(cut, 0x80 | bits, by));
    }),
  );
});

test('a timestamp with the highest bit set is a time before the epoch', () => {
  expect(read(2n ** 64n - 1_500_001n, 6, 0)).toBe(-1_500_001_000n);
  expect(read(2n ** 64n - 1_500_000_001n, 9, 0)).toBe(-1_500_000_001n);
  expect(read(2n ** 64n - 2_000_000_000n, 9, 5)).toBe(3_000_000_000n);
});
