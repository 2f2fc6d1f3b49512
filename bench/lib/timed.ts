import { spawnSync } from 'node:child_process';

/** What one run of a command cost, as the kernel accounts for it. */
export interface Cost {
  readonly wallS: number;
  /** User and system time of the command and its children. */
  readonly cpuS: number;
  readonly peakMb: number;
}

/** Runs a command to its end, its output thrown away. Throws where it fails, with the last line that it said. */
export function timed(command: readonly string[], env: NodeJS.ProcessEnv = {}): Cost {
  const run = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', ...command], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 64 << 20,
  });
  const lines = (run.stderr ?? '').trim().split('\n');
  const figures = /^([\d.]+) ([\d.]+) ([\d.]+) (\d+)$/.exec(lines.at(-1) ?? '');
  if (run.status !== 0 || !figures) throw new Error(`${command.join(' ')}: ${lines.slice(-2).join(' ')}`);
  const [wall, user, system, peakKb] = figures.slice(1).map(Number);
  return { wallS: wall, cpuS: user + system, peakMb: peakKb / 1024 };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
