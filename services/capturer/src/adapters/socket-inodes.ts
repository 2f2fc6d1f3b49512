import { readdirSync, readlinkSync } from 'node:fs';

/**
 * Inodes of the sockets that a process has, by its descriptors (proc(5)), as in its lists of TCP and of Unix sockets.
 *
 * @param proc /proc/PID
 * @param most so many descriptors are looked at
 * @throws Error where the process has ended, or may not be looked at
 */
export function socketInodes(proc: string, most = Number.POSITIVE_INFINITY): Set<string> {
  const folder = `${proc}/fd`;
  const inodes = new Set<string>();
  for (const fd of readdirSync(folder).slice(0, most)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed while we looked.
    }
  }
  return inodes;
}
