import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where servers for tests are kept between runs, outside the checkout. */
export function cacheFolder(): string {
  return process.env.FLOWLOOM_CACHE ?? join(homedir(), '.cache', 'flowloom');
}

export function isCached(name: string): boolean {
  return existsSync(join(cacheFolder(), name));
}

/**
 * The folder `name` (which bears a version) of the cache; `fill` makes it once, in a folder of its own that is moved
 * into place when it is whole. Several processes may ask at once: one fills, the others wait.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  await mkdir(cacheFolder(), { recursive: true });
  const lock = `${folder}.lock`;
  while (!existsSync(folder)) {
    if (!(await takeLock(lock))) {
      await sleep(500);
      continue;
    }
    const part = await mkdtemp(`${folder}.part-`);
    try {
      await fill(part);
      await rename(part, folder);
    } finally {
      await rm(part, { recursive: true, force: true });
      await rm(lock, { force: true });
    }
  }
  return folder;
}

/** False while another living process holds it; the lock of a dead one is removed. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
