import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import type { NetworkInterface } from '../core/packet-source.ts';
import { type Link, readLink } from './link.ts';
import { defaultRouteInterfaces } from './routes.ts';

/** The network interfaces of this host (its network namespace) as they are now, in the order of their indices. */
export function networkInterfaces(root = '/sys/class/net', proc = '/proc/net', system = os): NetworkInterface[] {
  const links = readdirSync(root)
    .map((name) => readLink(root, name))
    .filter((link) => link !== undefined);
  const byIndex = new Map(links.map((link) => [link.index, link]));
  const uplinks = defaultRouteInterfaces(proc);
  const addresses = system.networkInterfaces();
  return links
    .map((link) => {
      const { index, name, mac, hardwareType } = link;
      const own = addresses[name] ?? [];
      const isUplink = uplinks.has(name) || own.some(({ address, cidr }) => hasNetwork(address, cidr));
      const leadsToEnd = !isUplink && leadsElsewhere(root, link, byIndex);
      return { index, name, mac, addresses: own.map(({ address }) => address), hardwareType, leadsToEnd };
    })
    .sort((a, b) => a.index - b.index);
}

/** A tap, or a veth whose other end is in another network namespace: no interface here that points back. */
function leadsElsewhere(root: string, link: Link, byIndex: ReadonlyMap<number, Link>): boolean {
  if (!link.isVirtual) return false;
  if (existsSync(`${root}/${link.name}/tun_flags`)) return true;
  if (!link.looksLikeVeth) return false;
  const peerHasOurNumber = link.peer === link.index;
  return peerHasOurNumber || byIndex.get(link.peer)?.peer !== link.index;
}

/** Not link-local, and not the gateway that routed pods see, which is a network of one address. */
function hasNetwork(address: string, cidr: string | null): boolean {
  return !/^(?:fe80:|169\.254\.)/i.test(address) && !/\/(?:32|128)$/.test(cidr ?? '');
}
