import type { Exchange } from './exchange.ts';
import { Texts } from './texts.ts';

export type End = 'client' | 'server';

/** By what the host at one end of an exchange is known: its address in its VPC, and its process on one capturer's host. */
export const hostNames = ['address', 'process'] as const;
export type HostName = (typeof hostNames)[number];

/** Of a server as the exchange's last observation knows it, of a client as the first: 0 where no system call was seen. */
export function processAt(exchange: Exchange, end: End): number {
  const row = end === 'client' ? exchange.first : exchange.last;
  return row.observation_point === (end === 'client' ? 'c-p' : 's-p') ? row.process_id : 0;
}

/**
 * Begins a key with the prefix and the name of the host, as its first or last observation knows it; false, and nothing is
 * written, where it has no such name. Every host has a loopback address: there only processes count.
 */
export function writeHost(keys: Texts, by: HostName, exchange: Exchange, end: End, prefix = ''): boolean {
  const row = end === 'client' ? exchange.first : exchange.last;
  if (by === 'address') {
    const ip = end === 'client' ? row.client_ip : row.server_ip;
    if (ip === '' || ip.startsWith('127.') || ip === '::1') return false;
    keys.text(prefix).text('o:').text(row[end].vpc).text('/').text(ip).text('|');
  } else {
    const process = processAt(exchange, end);
    if (process === 0) return false;
    keys.text(prefix).text('o:').text(row.agent).text('#').integer(process).text('|');
  }
  return true;
}

const scratch = new Texts();

/** The names that the host has. */
export function hostsOf(exchange: Exchange, end: End): string[] {
  scratch.clear();
  for (const by of hostNames) if (writeHost(scratch, by, exchange, end)) scratch.end();
  return Array.from({ length: scratch.length }, (_, n) => scratch.get(n));
}
