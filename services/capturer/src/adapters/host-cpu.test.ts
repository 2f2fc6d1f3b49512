import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpuLimit, HostCpu, hostIdleS, hostWaitedS, usualBudget } from './host-cpu.ts';

describe('cpuLimit', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(os.tmpdir(), 'flowloom-cpu-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (path: string, text: string) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const limit = (self: string) => cpuLimit(join(folder, 'cgroup'), write('self', self));

  it('is that of cpu.max, quota and period (cgroup-v2, Control Group v2: CPU)', () => {
    write('cgroup/cpu.max', '50000 100000\n');
    expect(limit('0::/\n')).toBe(0.5);
  });

  it('is the least of the folders above', () => {
    write('cgroup/a/cpu.max', '200000 100000\n');
    write('cgroup/a/b/cpu.max', '300000 100000\n');
    write('cgroup/a/b/c/cpu.max', 'max 100000\n');
    expect(limit('12:cpu:/x\n0::/a/b/c\n')).toBe(2);
  });

  it('is that of cgroup v1 where there is no other', () => {
    write('cgroup/cpu/cpu.cfs_quota_us', '25000\n');
    write('cgroup/cpu/cpu.cfs_period_us', '100000\n');
    expect(limit('1:cpu:/\n')).toBe(0.25);
    write('cgroup/cpu/cpu.cfs_quota_us', '-1\n');
    expect(limit('1:cpu:/\n')).toBeUndefined();
  });

  it('is none where nothing says so', () => {
    expect(limit('0::/\n')).toBeUndefined();
    expect(cpuLimit(join(folder, 'nowhere'), join(folder, 'nothing'))).toBeUndefined();
  });

  it('reads idle time in seconds', () => {
    // Fields of proc(5) stat: user nice system idle iowait irq softirq steal
    expect(hostIdleS(write('stat', 'cpu  100 0 200 12345 55 0 0 0 0 0\ncpu0 1 1 1 1\n'))).toBe(124);
    expect(hostIdleS(join(folder, 'nothing'))).toBe(0);
  });

  it('reads how long tasks have waited, in seconds', () => {
    const some = 'some avg10=13.17 avg60=40.46 avg300=33.59 total=18130977830\n';
    const full = 'full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n';
    expect(hostWaitedS(write('cpu', some + full))).toBeCloseTo(18_130.98, 2);
    expect(hostWaitedS(join(folder, 'nothing'))).toBe(0);
  });
});

describe('usualBudget', () => {
  it('is a twentieth of the CPUs, from 0.1 to 1, or nine tenths of a limit', () => {
    expect([1, 2, 4, 10, 64].map((cpus) => usualBudget(cpus, undefined))).toEqual([0.1, 0.1, 0.2, 0.5, 1]);
    expect(usualBudget(64, 0.5)).toBeCloseTo(0.45);
  });
});

describe('HostCpu', () => {
  it('tells what this process has taken since the last look', () => {
    const cpu = new HostCpu(undefined);
    const began = performance.now();
    while (performance.now() - began < 50);
    const { usedS, idleS, seconds } = cpu.take();
    expect(usedS).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThanOrEqual(0.05);
    expect(idleS).toBeLessThanOrEqual(seconds * os.cpus().length + 0.05);
    expect(cpu.take().usedS).toBeLessThan(usedS);
  });

  it('leaves nothing idle to a process that is at the limit of its cgroup', () => {
    const cpu = new HostCpu(0.01);
    const began = performance.now();
    while (performance.now() - began < 50);
    expect(cpu.take().idleS).toBe(0);
  });
});
