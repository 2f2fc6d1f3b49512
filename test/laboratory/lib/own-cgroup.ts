import { mkdtempSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Moves this process, and so all that it starts from now on, into a cgroup of its own: nothing else of a busy machine is to be
 * heard then. It is gone when this process ends, if nothing that it started is left.
 *
 * @returns its id, as the kernel tells it with each call
 * @throws where no cgroup2 is mounted or this is not root
 */
export function enterOwnCgroup(): string {
  own ??= enter();
  return own;
}

let own: string | undefined;

function enter(): string {
  const mount = / (\S+) cgroup2 /.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
  if (mount === undefined) throw new Error('no cgroup2 is mounted: mount -t cgroup2 none /sys/fs/cgroup');
  const before = join(mount, /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/');
  const folder = mkdtempSync(join(mount, 'flowloom-laboratory-'));
  const move = (to: string) => writeFileSync(join(to, 'cgroup.procs'), String(process.pid));
  move(folder);
  process.once('exit', () => {
    try {
      move(before);
      rmdirSync(folder);
    } catch {
      // What was started still runs, or ended only just now: an empty group costs nothing.
    }
  });
  return String(statSync(folder).ino);
}
