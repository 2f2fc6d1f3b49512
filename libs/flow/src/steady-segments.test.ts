import type { RawFlow } from '@flowloom/records';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { SteadySegments } from './steady-segments.ts';
import { Exchange } from './testing/exchange.ts';

afterEach(() => vi.restoreAllMocks());

/** Most segments are next in sequence; some are what the one-step account must leave to the others. */
const segment = fc.record({
  fromClient: fc.boolean(),
  flags: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('A', 'PA') },
    { weight: 1, arbitrary: fc.constantFrom('FA', 'RA', 'R', 'SA', 'PAU') },
  ),
  len: fc.constantFrom(0, 0, 1, 100, 1460),
  window: fc.oneof({ weight: 20, arbitrary: fc.constantFrom(500, 1000) }, { weight: 1, arbitrary: fc.constant(0) }),
  after: fc.constantFrom(0, 10, 300, 20_000, 700_000),
  /** How far the sequence number is off. */
  off: fc.oneof({ weight: 15, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, -100, 100) }),
});
type Sent = typeof segment extends fc.Arbitrary<infer T> ? T : never;

function run(first: number, handshake: boolean, sent: readonly Sent[]): RawFlow[] {
  const exchange = new Exchange().sequences(first, first - 700);
  if (handshake) exchange.handshake(50);
  const next = handshake ? [first + 1, first - 699] : [first, first - 700];
  for (const { fromClient, flags, len, window, after, off } of sent) {
    const [mine, others] = fromClient ? [0, 1] : [1, 0];
    const seq = (next[mine] + off) >>> 0;
    exchange[fromClient ? 'client' : 'server'](flags, { seq, ack: next[others] >>> 0, len, window, after });
    if (off === 0) next[mine] += len + (flags.includes('F') ? 1 : 0);
  }
  exchange.table.flush();
  return exchange.rows;
}

test('the one step gives the rows of the long way, and is taken', () => {
  const { account } = SteadySegments.prototype;
  let taken = 0;
  let asked = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(1000, 2 ** 32 - 2000),
      fc.boolean(),
      fc.array(segment, { minLength: 1, maxLength: 80 }),
      (first, handshake, sent) => {
        const spy = vi.spyOn(SteadySegments.prototype, 'account').mockImplementation(function (
          this: SteadySegments,
          ...segment
        ) {
          const isSteady = account.apply(this, segment);
          asked++;
          if (isSteady) taken++;
          return isSteady;
        });
        const short = run(first, handshake, sent);
        spy.mockReturnValue(false);
        expect(short).toEqual(run(first, handshake, sent));
      },
    ),
    { numRuns: 400 },
  );
  expect(taken / asked).toBeGreaterThan(0.15);
});
