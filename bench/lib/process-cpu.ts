import { readdirSync, readFileSync } from 'node:fs';

/** proc(5): clock ticks are hundredths of a second on every Linux that Node runs on. */
const tickS = 0.01;

/** User and system time of a process by name of its threads, threads of one name together, s. */
export function threadCpu(pid: number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    const name = readFileSync(`${folder}/comm`, 'utf8').trim();
    // Behind the name in parentheses: state is field 3, utime 14, stime 15.
    const fields = readFileSync(`${folder}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    sums.set(name, (sums.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) * tickS);
  }
  return sums;
}

/** Most memory that the process had at once, MB. */
export function peakMb(pid: number): number {
  const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Math.round(Number(kb) / 1024);
}
