import { closeSync, openSync, readSync } from 'node:fs';
import { socketInodes } from '../../socket-inodes.ts';

/** Listening sockets come first in the lists of TCP. */
const MAX_BYTES = 1 << 17;
/** Who listens does so before it has many connections. */
const MAX_DESCRIPTORS = 512;

/** Columns of proc/net/tcp: the state is the fourth, 0A of who listens, the inode the tenth. Of proc/net/unix: flags, __SO_ACCEPTCON, and the inode. */
const lists: readonly [string, RegExp][] = [
  ['tcp', /^ *\d+: \S+ \S+ 0A(?: \S+){2} +\S+ +\d+ +\d+ (\d+)/gm],
  ['tcp6', /^ *\d+: \S+ \S+ 0A(?: \S+){2} +\S+ +\d+ +\d+ (\d+)/gm],
  ['unix', /^\S+: \S+ \S+ 00010000 \S+ \S+ +(\d+)/gm],
];

/** Whether the process listens for connections, of TCP or on a Unix socket. */
export function isListening(pid: number): boolean {
  try {
    const inodes = socketInodes(`/proc/${pid}`, MAX_DESCRIPTORS);
    if (inodes.size === 0) return false;
    return lists.some(([name, line]) => {
      return [...beginOf(`/proc/${pid}/net/${name}`).matchAll(line)].some(([, inode]) => inodes.has(inode));
    });
  } catch {
    return false; // it has ended
  }
}

function beginOf(path: string): string {
  const bytes = Buffer.alloc(MAX_BYTES);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return ''; // no IPv6, say
  }
  try {
    let end = 0;
    for (let length = -1; length !== 0 && end < MAX_BYTES; end += length)
      length = readSync(fd, bytes, end, MAX_BYTES - end, null);
    return bytes.toString('latin1', 0, end);
  } finally {
    closeSync(fd);
  }
}
