import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BudgetRunner } from './budget-runner.ts';
import { CpuBudget } from './core/budget/cpu-budget.ts';

describe('BudgetRunner', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A process that takes 1 CPU with everything seen, on a host of which so much is idle. */
  function running(maxShare = 1) {
    const budget = new CpuBudget({ cpus: 0.2, burstS: 2, burstRequestsPerS: 100, maxShare }, 15);
    const host = { idleS: 0 };
    const shares: number[] = [];
    const said: string[] = [];
    let nowS = 0;
    const runner = new BudgetRunner({
      budget,
      cpus: 0.2,
      cpu: { take: () => ({ usedS: 0.01 + budget.share, idleS: host.idleS, seconds: 1, nowS: nowS++ }) },
      late: () => 0,
      requests: () => 0,
      runners: [{ setShare: (share) => void shares.push(share) }],
      emit: new Proxy({} as never, {
        get: (_, name) => (fields: object) => void said.push(`${String(name)} ${JSON.stringify(fields)}`),
      }),
      health: {
        ok: () => void said.push('ok'),
        degraded: (reason) => void said.push(reason),
        down: () => {},
      },
    });
    return { runner, host, shares, said, budget };
  }

  it('says once when shedding begins and ends, what it is, and keeps the health true', async () => {
    const { runner, host, shares, said } = running();
    runner.start();
    vi.advanceTimersByTime(2000);
    expect([shares, said]).toEqual([[], []]);
    vi.advanceTimersByTime(120_000);
    expect(shares[0]).toBeCloseTo(0.2, 1);
    expect(said[0]).toMatch(/^sheddingBegan .*"cpus":0.2/);
    expect(said.slice(1).every((line) => /^requests are seen \d+ % of the time/.test(line))).toBe(true);
    host.idleS = 1.5;
    vi.advanceTimersByTime(60_000);
    expect(shares.at(-1)).toBe(1);
    expect(said.slice(-2)).toEqual([expect.stringMatching(/^sheddingEnded .*"least":0\.[12]/), 'ok']);
    await runner.stop();
  });

  it('has the share that is ordered from the start, and says nothing of it', async () => {
    const { runner, host, shares, said } = running(0.5);
    host.idleS = 2;
    runner.start();
    vi.advanceTimersByTime(60_000);
    expect([shares, said]).toEqual([[0.5], []]);
    await runner.stop();
  });
});
