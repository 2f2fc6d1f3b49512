import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import type { NetworkInterface } from '../core/packet-source.ts';

/** The network interfaces of this host (its network namespace) as they are now, in the order of their indices. */
export function networkInterfaces(root = '/sys/class/net'): NetworkInterface[] {
  const addresses = os.networkInterfaces();
  const found: NetworkInterface[] = [];
  for (const name of readdirSync(root)) {
    const read = (file: string): string => readFileSync(`${root}/${name}/${file}`, 'utf8').trim();
    try {
      found.push({
        index: Number(read('ifindex')),
        name,
        mac: macOf(read('address')),
        addresses: (addresses[name] ?? []).map((entry) => entry.address),
        hardwareType: Number(read('type')),
      });
    } catch {
      // Gone while it was read, or a file such as bonding_masters: not an interface.
    }
  }
  return found.sort((a, b) => a.index - b.index);
}

/** `02:42:ac:11:00:02` as an integer; longer hardware addresses (InfiniBand, tunnels) have no MAC: 0. */
function macOf(text: string): number {
  return /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? Number.parseInt(text.replaceAll(':', ''), 16) : 0;
}
