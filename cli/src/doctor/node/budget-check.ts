import { type Check, lacking, ok, skipped } from '../check.ts';

export interface BudgetSettings {
  /** CPUs that the capturer may take of a busy node; 0: no limit. */
  readonly cpus: number;
  /** More than the budget for so long, s of CPU. */
  readonly burstS: number;
  /** If requests are no more than that. */
  readonly burstRequestsPerS: number;
}

/** Less does not do for the flows alone of a node with some traffic. */
const leastCpus = 0.1;

/** What a capturer may take while the node has no CPU to spare. */
export function budgetCheck({ cpus, burstS, burstRequestsPerS }: BudgetSettings, nodeCpus: number): Check {
  return {
    name: 'cpu budget',
    group: 'node',
    run: () => {
      if (cpus === 0) return skipped('FLOWLOOM_CAPTURER_CPU_BUDGET is off: everything is seen, whatever it takes');
      const said = `${Number(cpus.toFixed(2))} of ${nodeCpus} CPUs while they are all busy, after a burst of ${burstS} s, at most ${burstRequestsPerS} requests a second`;
      if (cpus >= leastCpus) return ok(`${said}; beyond, requests are seen in windows of time`);
      return lacking(
        `${said}: few requests will be seen then`,
        `FLOWLOOM_CAPTURER_CPU_BUDGET=${leastCpus} or more; in a pod: a higher resources.limits.cpu, or none`,
      );
    },
  };
}
