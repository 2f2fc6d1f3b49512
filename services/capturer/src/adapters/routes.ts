import { readFileSync } from 'node:fs';

const RTF_REJECT = 0x0200;

/** Names of the interfaces that a default route of IPv4 or IPv6 leads to: those towards the world, not towards a pod. */
export function defaultRouteInterfaces(proc = '/proc/net'): Set<string> {
  const names = new Set<string>();
  for (const line of read(`${proc}/route`).split('\n').slice(1)) {
    const [name, destination, , flags, , , , mask] = line.split('\t');
    if (mask !== undefined && Number.parseInt(destination, 16) === 0 && Number.parseInt(mask, 16) === 0)
      if ((Number.parseInt(flags, 16) & RTF_REJECT) === 0) names.add(name);
  }
  for (const line of read(`${proc}/ipv6_route`).split('\n')) {
    const [destination, prefix, , , , , , , flags, name] = line.trim().split(/\s+/);
    if (name === undefined || !/^0+$/.test(destination) || prefix !== '00') continue;
    if ((Number.parseInt(flags, 16) & RTF_REJECT) === 0) names.add(name);
  }
  return names;
}

/** Empty where the system has no such file. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
