import { cpus } from 'node:os';
import { report } from './compare.ts';
import { median } from './timed.ts';

export interface Loop {
  readonly name: string;
  /** Works through all of its input, which is built before; returns how many units it did. */
  run(): number | Promise<number>;
}

export interface LoopComparison {
  readonly name: string;
  readonly title: string;
  readonly input: string;
  readonly unit: string;
  /** The first one is ours. */
  readonly loops: readonly Loop[];
}

const rounds = 5;
const roundCpuS = 0.5;

/**
 * Units per second of CPU of this process (garbage collection in other threads included), the loops in turn, after one
 * round that is not counted. Prints a table with the ratio to each rival and writes it to bench/results.
 */
export async function compareLoops({ name, title, input, unit, loops }: LoopComparison): Promise<void> {
  const rates = loops.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, loop] of loops.entries()) {
      const rate = await unitsPerCpuSecond(loop);
      if (round >= 0) rates[i].push(rate);
    }
  }
  const perSecond = rates.map((list) => Math.round(median(list)));
  const rows = loops.map((loop, i) => ({
    name: loop.name,
    perSecond: perSecond[i],
    ratio: Number((perSecond[0] / perSecond[i]).toFixed(2)),
  }));
  report({ name, title, input, unit, runs: rounds, cpu: cpus()[0].model, cores: cpus().length, rows });
}

async function unitsPerCpuSecond(loop: Loop): Promise<number> {
  const before = process.cpuUsage();
  let units = 0;
  for (;;) {
    units += await loop.run();
    const { user, system } = process.cpuUsage(before);
    const cpuS = (user + system) / 1e6;
    if (cpuS >= roundCpuS) return units / cpuS;
  }
}
