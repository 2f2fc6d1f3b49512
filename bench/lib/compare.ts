import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Cost, median, timed } from './timed.ts';

export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Runs before each time, not counted: empties an output folder. */
  readonly prepare?: () => void;
}

export interface Comparison {
  /** File name of the result. */
  readonly name: string;
  readonly title: string;
  /** What the input holds, and how much of it: rates are `units` per second. */
  readonly input: string;
  readonly unit: string;
  readonly units: number;
  /** The first one is ours. */
  readonly contenders: readonly Contender[];
  readonly runs?: number;
}

/**
 * Runs the contenders in turn (A B C A B C ...), so that a machine whose speed drifts is fair to all, after one round
 * that is not counted. Prints a table with the ratio to each rival and writes it to bench/results.
 */
export function compare({ name, title, input, unit, units, contenders, runs = 5 }: Comparison): void {
  const costs = contenders.map((): Cost[] => []);
  for (let round = -1; round < runs; round++) {
    for (const [i, { command, env, prepare }] of contenders.entries()) {
      prepare?.();
      const cost = timed(command, env);
      if (round >= 0) costs[i].push(cost);
    }
  }
  const wall = costs.map((list) => median(list.map((cost) => cost.wallS)));
  const rows = contenders.map((contender, i) => ({
    name: contender.name,
    perSecond: Math.round(units / wall[i]),
    wallS: wall[i],
    cpuS: Number(median(costs[i].map((cost) => cost.cpuS)).toFixed(2)),
    peakMb: Math.round(median(costs[i].map((cost) => cost.peakMb))),
    /** How many times faster the first one is. */
    ratio: Number((wall[i] / wall[0]).toFixed(2)),
  }));
  report({ name, title, input, unit, runs, cpu: cpus()[0].model, cores: cpus().length, rows });
}

export interface Result {
  readonly name: string;
  readonly title: string;
  readonly input: string;
  readonly unit: string;
  readonly runs: number;
  readonly cpu: string;
  readonly cores: number;
  readonly rows: readonly { name: string; perSecond: number; ratio: number; [figure: string]: number | string }[];
}

/** Prints a result and keeps it for bench/report.ts. */
export function report(result: Result): void {
  console.log(`${result.title}\n${result.input}`);
  console.table(
    result.rows.map((row) => ({ ...row, perSecond: `${(row.perSecond / 1e6).toFixed(2)} M ${result.unit}/s` })),
  );
  const dir = fileURLToPath(new URL('../results/', import.meta.url));
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${dir}${result.name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}
