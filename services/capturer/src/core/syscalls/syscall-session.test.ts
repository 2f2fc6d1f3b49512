import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultTimes } from '../budget/windows.ts';
import { type SyscallOutput, SyscallSession } from './syscall-session.ts';
import type { SyscallSource } from './syscall-source.ts';

const startMs = 1_700_000_010_000 - (1_700_000_010_000 % (defaultTimes.periodUs / 1000));

/** Tells nothing, and takes down what it is asked and when, ms since the start. */
class SilentSource implements SyscallSource {
  readonly asked: string[] = [];
  readonly #note = (what: string) => void this.asked.push(`${what} ${Date.now() - startMs}`);

  /** What waits in its ring. */
  fill = 0;
  readonly lostCalls = 0;

  readonly #fitted = Promise.withResolvers<void>();
  readonly fitted = this.#fitted.promise;
  open(_sink: unknown, isPaused: boolean): void {
    this.#note(isPaused ? 'open, paused' : 'open');
  }
  async fit(): Promise<void> {
    this.#fitted.resolve();
    await this.fitted;
  }
  noPayload(): void {}
  noPlaintext(): void {}
  askAddresses(): void {}
  askQueues(): void {}
  skipUntil(): void {}
  silence(): void {}
  forgetOrders(): void {}
  containerOf(): string {
    return '';
  }
  pause(): void {
    this.#note('pause');
  }
  resume(): void {
    this.#note('resume');
  }
  drain(): void {
    this.#note('drain');
  }
  counters() {
    return { events: 0, lost: {}, ioUring: 0, tlsPrograms: 0, unwatched: {} };
  }
  async close(): Promise<void> {}
}

describe('SyscallSession', () => {
  beforeEach(() => void vi.useFakeTimers({ now: startMs }));
  afterEach(() => void vi.useRealTimers());

  /** One whose source has fitted all programs. */
  async function begun() {
    const one = session();
    await one.source.fit();
    await one.started;
    one.source.asked.length = 0;
    return one;
  }

  function session() {
    const source = new SilentSource();
    const outputs: SyscallOutput[] = [];
    const options = { agent: 'node-1', partitions: 4, maxSockets: 100, mayProbe: true, l7: {} };
    const one = new SyscallSession(
      source,
      options,
      (output) => outputs.push(output),
      () => {},
    );
    const started = one.start();
    return { started, source, outputs, session: one };
  }

  it('has nothing told before the programs that run have their probes', async () => {
    const { source, session: one, started } = session();
    vi.advanceTimersByTime(500);
    expect(source.asked).toEqual(['open, paused 0']);
    await source.fit();
    await started;
    expect(source.asked).toEqual(['open, paused 0', 'resume 500']);
    await one.stop();
  });

  it('does not go on when that is between two windows', async () => {
    const { source, session: one, started } = session();
    one.setShare(0.2);
    vi.advanceTimersByTime(4000);
    await source.fit();
    await started;
    vi.advanceTimersByTime(12_000);
    expect(source.asked.slice(1)).toEqual(['pause 3200', 'resume 14900']);
    await one.stop();
  });

  it('has the source look in the windows alone', async () => {
    const { source, outputs, session: one } = await begun();
    one.setShare(0.2);
    vi.advanceTimersByTime(33_500);
    expect(source.asked).toEqual(['pause 3200', 'resume 14900', 'pause 18200', 'resume 29900', 'pause 33200']);
    vi.advanceTimersByTime(500);
    expect(outputs.at(-1)!.counters.shedS).toBeCloseTo(2 * 11.7 + 0.8, 1);
    await one.stop();
  });

  it('looks again at once when the share is whole, and not before it began when it is not', async () => {
    const { source, session: one } = await begun();
    vi.advanceTimersByTime(7000);
    one.setShare(0.2);
    one.setShare(0.1);
    vi.advanceTimersByTime(1000);
    one.setShare(1);
    vi.advanceTimersByTime(60_000);
    expect(source.asked).toEqual(['pause 7200', 'resume 8000']);
    await one.stop();
  });

  it('ends a window where there is no room for more, and opens the next one in time, when all of it is read', async () => {
    const { source, outputs, session: one } = await begun();
    one.setShare(0.2);
    vi.advanceTimersByTime(15_500);
    source.fill = 0.7;
    vi.advanceTimersByTime(13_000);
    expect(source.asked).toEqual(['pause 3200', 'resume 14900', 'pause 15510']);
    expect(outputs.at(-1)!.counters.cutWindows).toBe(1);
    vi.advanceTimersByTime(2500);
    expect(source.asked).toHaveLength(3);
    source.fill = 0;
    vi.advanceTimersByTime(14_500);
    expect(source.asked.slice(3)).toEqual(['resume 44900']);
    await one.stop();
  });

  it('does not go on with a window that it is closing, when the share becomes whole', async () => {
    const { source, session: one } = await begun();
    one.setShare(0.2);
    source.fill = 0.1;
    vi.advanceTimersByTime(3500);
    one.setShare(1);
    expect(source.asked).toEqual(['pause 3200', 'drain 3500', 'resume 3500']);
    await one.stop();
  });

  it('opens and closes nothing after its end', async () => {
    const { source, session: one } = await begun();
    one.setShare(0.2);
    await one.stop();
    const { length } = source.asked;
    vi.advanceTimersByTime(60_000);
    expect(source.asked).toHaveLength(length);
  });
});
