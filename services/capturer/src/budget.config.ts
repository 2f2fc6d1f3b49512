import os from 'node:os';
import { z } from 'zod';
import { cpuLimit, usualBudget } from './adapters/host-cpu.ts';
import type { CpuBudgetOptions } from './core/budget/cpu-budget.ts';

/** Settings of the capturer for what it may take of a busy node: keys of its section. */
export const budgetKeys = {
  cpuBudget: z
    .string()
    .regex(/^(auto|off|\d+(\.\d+)?)$/, 'expected auto, off, or CPUs as 0.25')
    .default('auto')
    .describe(
      'CPUs that this process takes at most while the node has none to spare: then requests are seen in windows of time, and counted as shed in between; flows always are. `auto`: a twentieth of the CPUs, 0.1 to 1, or nine tenths of a limit of the cgroup; `off`: no budget',
    ),
  cpuBurstMs: z
    .number()
    .int()
    .min(0)
    .default(60_000)
    .describe(
      'CPU time that may be taken beyond the budget before anything is shed, ms; it comes back at the rate of the budget',
    ),
  burstRequestsPerS: z
    .number()
    .int()
    .min(0)
    .default(20_000)
    .describe(
      'Requests a second, at each point where they are seen, up to which that CPU time is taken; ten times as many may come at once. Of more, windows show enough: who makes so many would be slowed down most',
    ),
  shortNice: z
    .number()
    .int()
    .min(-20)
    .max(19)
    .default(10)
    .describe(
      'Nice value of the threads that read system calls, publish, compile and collect garbage, while requests are seen in windows for want of CPU: the higher, the less is lost by what runs beside, and the longer it takes to read what was seen; only with CAP_SYS_NICE',
    ),
  maxShare: z
    .number()
    .min(0.01)
    .max(1)
    .default(1)
    .describe('Share of the time in which requests are seen, whatever CPU there is: below 1 in windows, as above'),
};

type BudgetConfig = { [K in keyof typeof budgetKeys]: z.infer<(typeof budgetKeys)[K]> };

export function budgetOptions({ cpuBudget, cpuBurstMs, burstRequestsPerS, maxShare }: BudgetConfig): CpuBudgetOptions {
  const cpus =
    cpuBudget === 'auto' ? usualBudget(os.cpus().length, cpuLimit()) : cpuBudget === 'off' ? 0 : Number(cpuBudget);
  return { cpus, burstS: cpuBurstMs / 1000, burstRequestsPerS, maxShare };
}
