import { readdirSync, readFileSync } from 'node:fs';
import type { Neighbour, NetworkInterface } from '../core/packet-source.ts';

const isComplete = 0x02; // ATF_COM

/**
 * Pods and virtual machines on this host, from the IPv4 neighbours in arp(7)'s table: those behind an interface that leads
 * to an end, or behind a bridge that has no other ports. Empty where the system has no such table.
 */
export function neighbours(
  interfaces: readonly NetworkInterface[],
  proc = '/proc/net',
  sys = '/sys/class/net',
): Neighbour[] {
  const toEnds = new Set(interfaces.filter(({ leadsToEnd }) => leadsToEnd).map(({ name }) => name));
  const isInside = (device: string): boolean => {
    if (toEnds.has(device)) return true;
    const ports = portsOf(`${sys}/${device}/brif`);
    return ports.length > 0 && ports.every((port) => toEnds.has(port));
  };
  const found: Neighbour[] = [];
  for (const line of table(`${proc}/arp`).split('\n').slice(1)) {
    const [address, , flags, mac, , device] = line.trim().split(/\s+/);
    if (device === undefined || (Number(flags) & isComplete) === 0 || !isInside(device)) continue;
    found.push({ address, mac: Number.parseInt(mac.replaceAll(':', ''), 16) });
  }
  return found;
}

/** Names of a bridge's ports; none where it is no bridge. */
function portsOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function table(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
