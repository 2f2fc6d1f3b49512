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

/** User and system time of processes so far, s. */
export function processCpu(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuFields(pid)[0], 0);
}

/** User and system time of this process so far, s. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** User and system time of the children of this process that have ended and were waited for, s. */
export function childCpu(): number {
  return cpuFields(process.pid)[1];
}

/** Own time, and that of children that have ended: utime 14, stime 15, cutime 16, cstime 17. */
function cpuFields(pid: number): [number, number] {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const at = (field: number) => Number(fields[field]) * tickS;
  return [at(11) + at(12), at(13) + at(14)];
}

/** A process and its children. */
export function treeOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...children.split(' ').filter(Boolean).map(Number)];
}
