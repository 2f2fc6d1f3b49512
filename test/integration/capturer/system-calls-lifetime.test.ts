import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually, missing, startNginx, titled } from '@flowloom/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { SyscallWatch, unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';

const reason = unseen() ?? (await missing('bpftool', 'nginx', 'wrk'));
const watcher = fileURLToPath(new URL('../../../services/capturer/src/testing/watch-until-killed.ts', import.meta.url));

/** Ids of the programs, maps and links that a process holds, as proc(5) tells of its descriptors: `prog 12`. */
function heldBy(pid: number | 'self'): string[] {
  return readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    try {
      const text = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
      return [...text.matchAll(/^(prog|map|link)_id:\s+(\d+)$/gm)].map(([, kind, id]) => `${kind} ${id}`);
    } catch {
      return []; // closed meanwhile
    }
  });
}

/** Names of the raw tracepoints that a process has programs at. */
function tracepointsOf(pid: number | 'self'): string[] {
  return readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    try {
      return /^tp_name:\s+(\S+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.slice(1) ?? [];
    } catch {
      return [];
    }
  });
}

/** Those of them that the kernel still has. */
function alive(ids: readonly string[]): string[] {
  return ids.filter((each) => {
    const [kind, id] = each.split(' ');
    try {
      execFileSync('bpftool', [kind, 'show', 'id', id], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

describe.skipIf(reason)(titled('eBPF programs', reason), () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('are gone after %s, with maps and probes', async (signal) => {
    const child = spawn(process.execPath, [watcher], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    await eventually(() => said.includes('watching'), 'the start', 60_000);
    const held = heldBy(child.pid!);
    expect(held.filter((id) => id.startsWith('prog')).length).toBeGreaterThan(5);
    expect(held.filter((id) => id.startsWith('map')).length).toBeGreaterThan(5);
    expect(alive(held)).toEqual(held);
    child.kill(signal);
    await once(child, 'exit');
    await eventually(() => alive(held).length === 0, `${alive(held)} to be gone`, 10_000);
  });

  it('start and stop ten times under load, which goes on', async () => {
    const nginx = await startNginx();
    const load = spawn('wrk', ['-t1', '-c4', '-d100s', nginx.url], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(load);
    let said = '';
    load.stdout.on('data', (text) => (said += text));
    const before = heldBy('self');
    for (let round = 0; round < 10; round++) {
      const watch = new SyscallWatch({ ports: [String(nginx.port)], tls: false });
      const rows = await watch.until(10, (row) => row.observation_point === 's-p');
      expect(rows.every((row) => row.response_code === '200')).toBe(true);
      await watch.close();
      expect(heldBy('self')).toEqual(before);
    }
    load.kill('SIGINT');
    await once(load, 'close');
    await nginx.stop();
    expect(said).toMatch(/requests in/);
    expect(said).not.toMatch(/Non-2xx|Socket errors/);
  });

  it('are out of the way of system calls while paused, and see all as before afterwards', async () => {
    const nginx = await startNginx();
    const watch = new SyscallWatch({ ports: [String(nginx.port)], tls: false });
    const ask = (path: string) => execFileSync('curl', ['-s', '-o', '/dev/null', `${nginx.url}/${path}`]);
    const seen = (path: string) => (row: { request_resource?: string }) => row.request_resource === `/${path}`;
    const ofCalls = () =>
      tracepointsOf('self').filter((name) => /^(sys_enter|sys_exit|sched_waking)$/.test(name)).length;
    expect(ofCalls()).toBe(3);
    ask('before');
    await watch.until(2, seen('before'));
    for (const round of [1, 2, 3]) {
      watch.source.pause();
      await eventually(() => ofCalls() === 0, 'the programs to be out');
      ask(`paused-${round}`);
      watch.source.resume();
      await eventually(() => ofCalls() === 3, 'the programs to be in');
      ask(`resumed-${round}`);
      await watch.until(2, seen(`resumed-${round}`));
    }
    expect(watch.rows.map((row) => row.request_resource).filter((path) => path?.startsWith('/paused'))).toEqual([]);
    await watch.close();
    await nginx.stop();
  });
});
