import { existsSync, readFileSync } from 'node:fs';
import type { Neighbour } from '../core/packet-source.ts';

const routesToOthers = 0x0002; // RTF_GATEWAY
const isComplete = 0x02; // ATF_COM

/** IPv4 neighbours of this host, from arp(7)'s table; empty where the system has none. */
export function neighbours(proc = '/proc/net', sys = '/sys/class/net'): Neighbour[] {
  const gateways = gatewayAddresses(read(`${proc}/route`));
  const found: Neighbour[] = [];
  for (const line of read(`${proc}/arp`).split('\n').slice(1)) {
    const [address, , flags, mac, , device] = line.trim().split(/\s+/);
    if (device === undefined || (Number(flags) & isComplete) === 0) continue;
    found.push({
      address,
      mac: Number.parseInt(mac.replaceAll(':', ''), 16),
      isRouter: gateways.has(address),
      // Only hardware has a device behind its interface.
      isInside: !existsSync(`${sys}/${device}/device`),
    });
  }
  return found;
}

/** Next hops of the routing table: addresses are hex words in host byte order. */
function gatewayAddresses(routes: string): Set<string> {
  const gateways = new Set<string>();
  for (const line of routes.split('\n').slice(1)) {
    const [, , gateway, flags] = line.split('\t');
    if (gateway === undefined || (Number.parseInt(flags, 16) & routesToOthers) === 0) continue;
    const bytes = gateway.match(/../g) ?? [];
    gateways.add(
      bytes
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.'),
    );
  }
  return gateways;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
