import { describe, expect, it } from 'vitest';
import { CpuBudget, type CpuBudgetOptions } from './cpu-budget.ts';

const periodS = 15;
const options: CpuBudgetOptions = { cpus: 0.2, burstS: 10, burstRequestsPerS: 100, maxShare: 1 };

/** A host of two CPUs: programs that have work for `demand` of them, and do later what they could not do at once; and a capturer. */
class Host {
  readonly budget: CpuBudget;
  #nowS = 1000;
  #undone = 0;
  /** What seeing everything would take, CPUs, and what it takes anyway. */
  full = 1.2;
  fixed = 0.02;
  demand = 2;
  /** It gets no more CPU than this, and loses events of what it sees beyond. */
  most = Number.POSITIVE_INFINITY;
  /** A second, where everything is seen. */
  requests = 50;
  readonly shares: number[] = [];

  constructor(changes: Partial<CpuBudgetOptions> = {}) {
    this.budget = new CpuBudget({ ...options, ...changes }, periodS);
  }

  /** Returns CPU seconds taken per second, and the share at the end. */
  run(seconds: number): { used: number; share: number } {
    let used = 0;
    for (let i = 0; i < seconds; i++) {
      const share = this.budget.share;
      const isOpen = (this.#nowS % periodS) / periodS < share;
      const neededS = this.fixed + (isOpen ? this.full * Math.min(1, share * periodS - (this.#nowS % periodS)) : 0);
      const usedS = Math.min(neededS, this.most);
      const isLate = share * periodS * neededS > this.most * periodS;
      used += usedS;
      const wanted = this.demand + this.#undone;
      const done = Math.min(wanted, 2 - usedS);
      this.#undone = Math.min(wanted - done, 5);
      const requests = (this.requests * (neededS - this.fixed)) / this.full;
      this.budget.update({ usedS, idleS: 2 - usedS - done, requests, isLate, seconds: 1, nowS: ++this.#nowS });
      this.shares.push(this.budget.share);
    }
    return { used: used / seconds, share: this.budget.share };
  }
}

describe('CpuBudget', () => {
  it('sheds nothing for the length of a burst', () => {
    const host = new Host();
    expect(host.run(9).share).toBe(1);
    expect(host.budget.creditS).toBeCloseTo(10 - 9 * 1.02, 5);
  });

  it('takes no burst where requests are so many that windows show enough of them; such as come at once are seen', () => {
    const host = new Host({ burstS: 60 });
    host.requests = 400;
    expect(host.run(3).share).toBe(1);
    expect(host.run(1).share).toBeCloseTo(0.2, 1);
    const { used } = host.run(300);
    expect(used).toBeLessThan(0.23);
    expect(host.budget.creditS).toBeGreaterThan(50);
  });

  it('goes on with its burst within two periods when requests are few again', () => {
    const host = new Host({ burstS: 60 });
    host.requests = 400;
    host.run(100);
    host.requests = 50;
    expect(host.run(2 * periodS).share).toBe(1);
    expect(host.run(30).share).toBe(1);
  });

  it('takes what is idle however many requests there are', () => {
    const host = new Host();
    host.requests = 4000;
    host.demand = 0.5;
    expect(host.run(300).share).toBe(1);
  });

  it('keeps to the budget once the burst is over, and stays there', () => {
    const host = new Host();
    host.run(60);
    expect(host.budget.isShedding).toBe(true);
    const { used } = host.run(300);
    expect(used).toBeGreaterThan(0.17);
    expect(used).toBeLessThan(0.23);
    const settled = host.shares.slice(-150);
    expect(Math.max(...settled) / Math.min(...settled)).toBeLessThan(1.3);
  });

  it('sheds nothing while there is idle CPU, whatever it takes', () => {
    const host = new Host();
    host.demand = 0.5;
    expect(host.run(600).share).toBe(1);
  });

  it('takes what the others leave while it looks, not what they leave in between', () => {
    const host = new Host();
    host.run(100);
    host.demand = 1.4; // half of a CPU is idle, but it needs more than that while it looks
    expect(host.run(300).used).toBeLessThan(0.25);
    host.full = 0.4;
    expect(host.run(300).share).toBe(1);
  });

  it('sees everything again soon after the load is gone', () => {
    const host = new Host();
    host.run(100);
    host.demand = 0.2;
    host.full = 0.1;
    host.run(50);
    expect(host.budget.share).toBe(1);
    expect(host.budget.isShedding).toBe(false);
  });

  it('has no more than the budget for bursts that follow soon', () => {
    const host = new Host();
    host.run(100);
    host.demand = 0.2;
    host.full = 0.1;
    host.run(42);
    host.demand = 2;
    host.full = 1.2;
    const before = host.budget.creditS;
    expect(before).toBeLessThan(10);
    host.run(Math.ceil(before / (1.02 - 0.2)) + 2);
    expect(host.budget.isShedding).toBe(true);
  });

  it('still looks at something where what cannot be shed takes the budget already', () => {
    const host = new Host();
    host.fixed = 0.5;
    host.run(300);
    expect(host.budget.share).toBe(0.01);
  });

  it('sees less where it does not get its budget, and loses events; not for a short while of that', () => {
    const host = new Host();
    host.most = 0.1;
    expect(host.run(9).share).toBe(1);
    expect(host.run(2).share).toBe(0.5);
    const { share } = host.run(300);
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.15);
  });

  it('does not shed where there is no budget, or it is enough', () => {
    const unlimited = new Host({ cpus: 0 });
    expect(unlimited.run(300).share).toBe(1);
    const enough = new Host({ cpus: 1.3 });
    expect(enough.run(300).share).toBe(1);
  });

  it('never sees more than it shall, and is not called shedding for that', () => {
    const host = new Host({ maxShare: 0.5 });
    host.demand = 0;
    expect(host.run(100).share).toBe(0.5);
    expect(host.budget.isShedding).toBe(false);
    host.demand = 2;
    host.run(200);
    expect(host.budget.isShedding).toBe(true);
    host.demand = 0;
    expect(host.run(200).share).toBe(0.5);
  });
});
