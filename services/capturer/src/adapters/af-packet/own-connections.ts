import { readFileSync } from 'node:fs';
import { socketInodes } from '../socket-inodes.ts';
import type { OwnConnection } from './capture-filter.ts';

/** TCP_ESTABLISHED .. TCP_CLOSE_WAIT without TCP_LISTEN: states in which packets flow. */
const LISTEN = '0A';

/** TCP connections of this process, from proc(5): its socket descriptors, found again in the kernel's table. */
export class OwnConnections {
  readonly #proc: string;
  #inodes = new Set<string>();
  #isNew = false;
  #found: OwnConnection[] = [];

  constructor(proc = '/proc/self') {
    this.#proc = proc;
  }

  /** Those there are now. The table costs milliseconds on any host: it is read where there are other sockets than before, and once more, as they connect. */
  now(): readonly OwnConnection[] {
    const inodes = socketInodes(this.#proc);
    const isOther = inodes.symmetricDifference(this.#inodes).size > 0;
    if (isOther || this.#isNew) {
      const tables = inodes.size === 0 ? [] : ['tcp', 'tcp6'];
      this.#found = tables.flatMap((table) => connectionsOf(`${this.#proc}/net/${table}`, inodes));
    }
    this.#inodes = inodes;
    this.#isNew = isOther;
    return this.#found;
  }
}

/** Lines are `sl local remote state ... inode`, addresses as hex words in host order with a colon before the port. */
function connectionsOf(file: string, inodes: Set<string>): OwnConnection[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return []; // a kernel without IPv6
  }
  const connections: OwnConnection[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
    if (inode === undefined || state === LISTEN || !inodes.has(inode)) continue;
    const [localAddress, localPort] = local.split(':');
    const [remoteAddress, remotePort] = remote.split(':');
    connections.push({
      local: words(localAddress),
      localPort: Number.parseInt(localPort, 16),
      remote: words(remoteAddress),
      remotePort: Number.parseInt(remotePort, 16),
    });
  }
  return connections;
}

function words(hex: string): number[] {
  const swapped = (hex.match(/.{8}/g) ?? []).map((word) => {
    const [a, b, c, d] = word.match(/../g)!.map((byte) => Number.parseInt(byte, 16));
    return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
  });
  return swapped.length === 1 ? [0, 0, 0xffff, swapped[0]] : swapped;
}
