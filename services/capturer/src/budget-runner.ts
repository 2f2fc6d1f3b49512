import type { Emit, HealthComponent } from '@flowloom/service-kit';
import type { capturerEvents } from './capturer.events.ts';
import type { CpuBudget, CpuUse } from './core/budget/cpu-budget.ts';

export interface BudgetRunnerOptions {
  readonly budget: CpuBudget;
  /** The budget, CPUs. */
  readonly cpus: number;
  readonly cpu: { take(): Omit<CpuUse, 'isLate' | 'requests'> };
  /** How often so far something was lost, or not looked at, as there was no CPU to read it. */
  readonly late: () => number;
  /** Requests seen so far. */
  readonly requests: () => number;
  readonly runners: readonly { setShare(share: number, isShort: boolean): void }[];
  readonly emit: Emit<typeof capturerEvents>;
  readonly health: HealthComponent;
}

const tickMs = 1000;

/** Looks once a second what the process takes, tells the captures for which share of the time they see requests, and people when that begins and ends. */
export class BudgetRunner {
  readonly #options: BudgetRunnerOptions;
  #timer: NodeJS.Timeout | undefined;
  #share = 1;
  #sinceS = 0;
  #least = 1;
  #late = 0;
  #requests = 0;

  constructor(options: BudgetRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#set(this.#options.budget.share);
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  #tick(): void {
    const { budget, cpu, cpus, emit, health } = this.#options;
    const wasShedding = budget.isShedding;
    const use = cpu.take();
    const late = this.#options.late();
    const requests = this.#options.requests();
    const share = budget.update({ ...use, requests: requests - this.#requests, isLate: late > this.#late });
    this.#late = late;
    this.#requests = requests;
    if (share === this.#share) return;
    this.#set(share);
    this.#least = wasShedding ? Math.min(this.#least, share) : share;
    if (!wasShedding) {
      this.#sinceS = use.nowS;
      emit.sheddingBegan({ share, cpus });
    } else if (!budget.isShedding) {
      emit.sheddingEnded({ seconds: Math.round(use.nowS - this.#sinceS), least: this.#least });
    }
    if (budget.isShedding)
      health.degraded(`requests are seen ${Math.round(100 * share)} % of the time: no CPU to spare`);
    else health.ok();
  }

  #set(share: number): void {
    if (share === this.#share) return;
    this.#share = share;
    for (const runner of this.#options.runners) runner.setShare(share, this.#options.budget.isShedding);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }
}
