import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RawRequest } from '@flowloom/records';
import {
  eventually,
  missing,
  type NginxServer,
  type RedisServer,
  startNginx,
  startRedis,
  titled,
} from '@flowloom/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EbpfOptions } from '../../../services/capturer/src/adapters/ebpf/settings.ts';
import { SyscallWatch, unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';

const run = promisify(execFile);
const reason = unseen() ?? (await missing('nginx', 'redis-server', 'redis-cli', 'curl', 'gcc'));
const programs = ['curl', 'nginx', 'redis-cli', 'redis-server'];

/** Id of the cgroup (v2) of this process and those that it starts; undefined without. */
function ownCgroup(): number | undefined {
  const [, path] = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8')) ?? [];
  if (path === '/') return 1; // that of the root
  try {
    return statSync(join('/sys/fs/cgroup', path ?? 'none')).ino;
  } catch {
    return undefined;
  }
}

describe.skipIf(reason)(titled('what the kernel leaves out', reason), () => {
  let nginx: NginxServer;
  let redis: RedisServer;
  let watch: SyscallWatch | undefined;
  const namespace = () => String(statSync('/proc/self/ns/net').ino);

  beforeAll(async () => {
    [nginx, redis] = await Promise.all([startNginx(), startRedis()]);
  });
  afterEach(async () => {
    await watch?.close();
    watch = undefined;
  });
  afterAll(async () => {
    await Promise.all([nginx?.stop(), redis?.stop()]);
  });

  /** Names of the programs that are seen while curl asks nginx and redis-cli asks Redis, sorted. */
  async function seen(options: Partial<EbpfOptions>, count: number): Promise<string[]> {
    watch = new SyscallWatch({ tls: false, ...options });
    await run('curl', ['-s', `${nginx.url}/filtered`]);
    await run('redis-cli', ['-p', String(redis.port), 'GET', 'filtered']);
    const ports: unknown[] = [nginx.port, redis.port];
    const isOurs = (row: RawRequest) => ports.includes(row.server_port) && row.request_type === 'GET';
    await watch.until(count, isOurs);
    await sleep(300); // what should not come would have come
    watch.source.drain();
    return [...new Set((await watch.until(count, isOurs)).map((row) => row.process ?? ''))].sort();
  }

  it('is nothing without filters', async () => {
    expect(await seen({}, 4)).toEqual(programs);
  });

  it.each([
    ['only these processes', ['nginx', 'redis-cli'], ['nginx', 'redis-cli']],
    ['all but these processes', ['!nginx', '!redis-cli'], ['curl', 'redis-server']],
  ])('%s', async (_, processes, expected) => {
    expect(await seen({ processes }, 2)).toEqual(expected);
  });

  it('only a port, or all but that port', async () => {
    expect(await seen({ ports: [String(redis.port)] }, 2)).toEqual(['redis-cli', 'redis-server']);
    await watch!.close();
    expect(await seen({ ports: [`!${redis.port}`] }, 2)).toEqual(['curl', 'nginx']);
  });

  it('only a network namespace, or all but that one', async () => {
    expect(await seen({ namespaces: [namespace()] }, 4)).toEqual(programs);
    await watch!.close();
    expect(await seen({ namespaces: [`!${namespace()}`] }, 0)).toEqual([]);
  });

  it.skipIf(ownCgroup() === undefined)('only a cgroup, or all but that one', async () => {
    expect(await seen({ cgroups: [String(ownCgroup())] }, 4)).toEqual(programs);
    await watch!.close();
    expect(await seen({ cgroups: [`!${ownCgroup()}`] }, 0)).toEqual([]);
  });

  it('two filters together', async () => {
    expect(await seen({ ports: [String(nginx.port)], processes: ['!curl'] }, 1)).toEqual(['nginx']);
  });

  it('calls through io_uring are not seen, and counted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowloom-io-uring-'));
    const binary = join(folder, 'io-uring');
    try {
      await run('gcc', ['-O1', '-o', binary, fileURLToPath(new URL('io-uring.c', import.meta.url))]);
      watch = new SyscallWatch({ tls: false, processes: ['io-uring'] });
      const before = watch.source.counters().ioUring;
      await run(binary);
      await eventually(() => watch!.source.counters().ioUring > before, 'the call to be counted');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
