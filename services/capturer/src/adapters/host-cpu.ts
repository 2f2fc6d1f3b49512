import { readFileSync } from 'node:fs';
import type { CpuUse } from '../core/budget/cpu-budget.ts';

/** proc(5): clock ticks are hundredths of a second on every Linux that Node runs on. */
const TICK_S = 0.01;
/** Of a limit of the cgroup: beyond, the kernel may stop the process until the next tenth of a second. */
const OF_LIMIT = 0.9;
/** `auto`: a twentieth of the CPUs, but not so little that nothing could be seen, nor more than one. */
const OF_CPUS = 0.05;
/** Share of the time in which tasks wait for a processor: from there on what is idle, on another one or between two waits, is not to spare. */
const MUCH_WAITING = 0.25;
const LEAST = 0.1;
const MOST = 1;

/** Budget where the operator names none, CPUs: nine tenths of what the cgroup allows, or a twentieth of what there is. */
export function usualBudget(cpus: number, limit: number | undefined): number {
  return limit === undefined ? Math.min(Math.max(OF_CPUS * cpus, LEAST), MOST) : OF_LIMIT * limit;
}

/** CPUs that the cgroup of this process may take; undefined without a limit, or where that cannot be read. */
export function cpuLimit(cgroups = '/sys/fs/cgroup', self = '/proc/self/cgroup'): number | undefined {
  const folder = /^0::(.*)$/m.exec(read(self))?.[1] ?? '/';
  let least: number | undefined;
  // A pod sees its own cgroup as the root; elsewhere each folder above may have a limit, too.
  for (let path = folder; ; path = path.slice(0, path.lastIndexOf('/'))) {
    const [quota, period] = read(`${cgroups}${path}/cpu.max`).split(' ').map(Number);
    if (quota > 0 && period > 0) least = Math.min(least ?? Number.POSITIVE_INFINITY, quota / period);
    if (path === '' || path === '/') break;
  }
  // cgroup v1
  const quota = Number(read(`${cgroups}/cpu/cpu.cfs_quota_us`) || -1);
  if (least === undefined && quota > 0) return quota / Number(read(`${cgroups}/cpu/cpu.cfs_period_us`));
  return least;
}

/** CPU seconds in which processors of this host had nothing to do, since its start: `idle` and `iowait` of proc(5) stat. */
export function hostIdleS(file = '/proc/stat'): number {
  const [, , , , idle, iowait] = /^cpu .*$/m.exec(read(file))?.[0].split(/\s+/) ?? [];
  return (Number(idle ?? 0) + Number(iowait ?? 0)) * TICK_S;
}

/** Seconds in which a task of this host had to wait for a processor, since its start (PSI); 0 where the kernel does not tell. */
export function hostWaitedS(file = '/proc/pressure/cpu'): number {
  return Number(/^some .*\btotal=(\d+)/m.exec(read(file))?.[1] ?? 0) / 1e6;
}

/** How much CPU this process has taken, and was left to spare, between two looks. */
export class HostCpu {
  readonly #limit: number | undefined;
  #usedS = ownS();
  #idleS = hostIdleS();
  #waitedS = hostWaitedS();
  #nowMs = performance.now();

  constructor(limit = cpuLimit()) {
    this.#limit = limit;
  }

  take(): Omit<CpuUse, 'isLate' | 'requests'> {
    const usedS = ownS();
    const idleS = hostIdleS();
    const waitedS = hostWaitedS();
    const nowMs = performance.now();
    const seconds = (nowMs - this.#nowMs) / 1000;
    const used = usedS - this.#usedS;
    const left = this.#limit === undefined ? Number.POSITIVE_INFINITY : OF_LIMIT * this.#limit * seconds - used;
    const isWaiting = waitedS - this.#waitedS > MUCH_WAITING * seconds;
    const use = {
      usedS: used,
      idleS: isWaiting ? 0 : Math.max(0, Math.min(idleS - this.#idleS, left)),
      seconds,
      nowS: Date.now() / 1000,
    };
    this.#usedS = usedS;
    this.#idleS = idleS;
    this.#waitedS = waitedS;
    this.#nowMs = nowMs;
    return use;
  }
}

function ownS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // no such controller, or no cgroup v2
  }
}
