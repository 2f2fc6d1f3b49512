import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Check, lacking, ok, skipped } from '../check.ts';
import type { Host } from './host.ts';

export interface PacketSettings {
  readonly interfaces: readonly string[];
  readonly nice: number;
  readonly spillFolder: string;
  readonly spillBytes: number;
}

const inKubernetes = 'in Kubernetes: capturer.capabilities of the chart';

/**
 * What packets need of a node. `openRing` opens a packet socket with a ring and closes it, `openLoopback` does so with what takes
 * the place of one at loopback, where eBPF is not off; or they throw.
 */
export function packetChecks(
  host: Host,
  settings: PacketSettings,
  openRing: () => void,
  openLoopback?: () => void,
): Check[] {
  return [
    { name: 'packets', group: 'node', run: () => packets(host, openRing, openLoopback) },
    { name: 'interfaces', group: 'node', run: () => interfaces(host, settings) },
    { name: 'priority', group: 'node', run: () => priority(host, settings) },
    { name: 'spill', group: 'node', run: () => spill(settings) },
  ];
}

function packets(host: Host, openRing: () => void, openLoopback?: () => void) {
  try {
    openRing();
    return ok(`an AF_PACKET ring (TPACKET_V3) can be opened${loopback(openLoopback)}`);
  } catch (error) {
    const { message } = error as Error;
    if (!host.holds('NET_RAW')) {
      return lacking(
        `no right to capture (${message})`,
        `run as root or with CAP_NET_RAW (setcap cap_net_raw+ep); ${inKubernetes}`,
      );
    }
    return lacking(
      `no AF_PACKET ring (${message})`,
      'modprobe af_packet; a kernel with CONFIG_PACKET; a seccomp profile that lets socket(AF_PACKET) pass',
    );
  }
}

function loopback(open?: () => void): string {
  if (open === undefined) return '';
  try {
    open();
    return '; loopback by eBPF, which costs who talks there less';
  } catch (error) {
    const { message } = error as Error;
    return `; loopback, too (by eBPF it would cost less: CAP_BPF, CAP_NET_ADMIN, Linux 6.6; ${message})`;
  }
}

function interfaces(host: Host, { interfaces: wanted }: PacketSettings) {
  const absent = wanted.filter((name) => name !== 'any' && !host.has(`/sys/class/net/${name}`));
  if (absent.length === 0) return ok(wanted.join(', '));
  return lacking(
    `not there: ${absent.join(', ')}`,
    'see "ip link", then set FLOWLOOM_CAPTURER_INTERFACES; in a pod: hostNetwork: true',
  );
}

function priority(host: Host, { nice }: PacketSettings) {
  if (nice >= 0) return skipped(`nice ${nice} needs no right`);
  if (host.holds('SYS_NICE')) return ok(`capture threads can run before others (nice ${nice})`);
  return lacking(
    'capture threads cannot run before others: a busy node loses packets sooner',
    `CAP_SYS_NICE, or FLOWLOOM_CAPTURER_NICE=0; ${inKubernetes}`,
  );
}

function spill({ spillFolder, spillBytes }: PacketSettings) {
  if (spillBytes === 0) return skipped('FLOWLOOM_CAPTURER_SPILL_BYTES is 0: nothing is kept on disk');
  const folder = spillFolder || tmpdir();
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    return lacking(`${folder}: ${(error as Error).message}`, 'let FLOWLOOM_CAPTURER_SPILL_FOLDER be a writable folder');
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= spillBytes) return ok(`${folder} has room for ${mib(spillBytes)} while the bus is away`);
  return lacking(
    `${folder} has ${mib(free)} free of the ${mib(spillBytes)} that it may come to hold`,
    'free some, or lower FLOWLOOM_CAPTURER_SPILL_BYTES',
  );
}

const mib = (bytes: number) => `${Math.floor(bytes / 1_048_576)} MiB`;
