import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DemoApplication, demoPods } from '../../../cli/src/demo/application.ts';

/** Why processes of containers cannot be seen here, or undefined. */
export const containersMissing = existsSync('/sys/kernel/btf/vmlinux') ? undefined : 'the kernel has no BTF';

/** The id that the runtime would have given to the container of a workload. */
export function containerIdOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** Puts the running services of the shop into cgroups such as containerd makes for containers of pods. Returns what removes these. */
export function putIntoContainers(shop: DemoApplication): () => Promise<void> {
  const root = join(unifiedHierarchy(), 'flowloom-e2e');
  const folders = [root];
  for (const [i, { name }] of demoPods.entries()) {
    const folder = join(root, `cri-containerd-${containerIdOf(name)}.scope`);
    mkdirSync(folder, { recursive: true });
    folders.unshift(folder);
    const pids = execFileSync('ip', ['netns', 'pids', shop.namespaces[i]], { encoding: 'utf8' });
    for (const pid of pids.split('\n').filter(Boolean)) writeFileSync(join(folder, 'cgroup.procs'), pid);
  }
  return async () => {
    for (const folder of folders) await removed(folder);
  };
}

/** A cgroup goes once its last process has ended. */
async function removed(folder: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      return rmdirSync(folder);
    } catch {
      await sleep(50);
    }
  }
}

/** Where cgroups of version 2 are. */
function unifiedHierarchy(): string {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const mount = mounts.map((line) => line.split(' ')).find(([, , type]) => type === 'cgroup2');
  if (!mount) throw new Error('no cgroup2 is mounted');
  return mount[1];
}
