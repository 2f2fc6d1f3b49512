import { statSync } from 'node:fs';
import { ConfigError } from '@flowloom/service-kit/config';
import { z } from 'zod';
import type { EbpfOptions } from './adapters/ebpf/settings.ts';

const list = (what: string) => z.array(z.string()).default([]).describe(what);

/** Settings of the capturer for system calls: keys of its section. */
export const syscallKeys = {
  ebpf: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe('Whether system calls are seen by eBPF; `auto`: where the host allows it, `on`: else the start fails'),
  ebpfTls: z.boolean().default(true).describe('Whether TLS libraries get probes that read the plaintext'),
  ebpfPayloadBytes: z
    .number()
    .int()
    .min(0)
    .max(1 << 20)
    .default(1 << 14)
    .describe(
      'Payload copied of one system call, bytes; of a socket that no parser wants, nothing; while half of the ring waits to be read, 1024',
    ),
  ebpfRingBytes: z
    .number()
    .int()
    .min(1 << 20)
    .max(1 << 30)
    .default(1 << 25)
    .refine((bytes) => (bytes & (bytes - 1)) === 0, 'expected a power of two')
    .describe('Memory of the ring buffer of events, bytes: a power of two'),
  ebpfMaxSockets: z
    .number()
    .int()
    .min(256)
    .max(1 << 20)
    .default(1 << 16)
    .describe('Sockets followed at the same time; beyond, the one that was opened first is forgotten'),
  ebpfUnixSockets: z.boolean().default(true).describe('Whether Unix stream sockets are seen, not TCP and UDP alone'),
  ebpfProcesses: list('Names of processes that are seen, up to 15 bytes; all with `!` in front: all others'),
  ebpfCgroups: list('Folders under /sys/fs/cgroup whose processes are seen; all with `!` in front: all others'),
  ebpfPorts: list('Ports whose sockets are seen; all with `!` in front: all others'),
  ebpfNamespaces: list(
    'Network namespaces whose sockets are seen, by name as in `ip netns` or as file (/proc/PID/ns/net); all with `!` in front: all others',
  ),
};

type SyscallConfig = { [K in keyof typeof syscallKeys]: z.infer<(typeof syscallKeys)[K]> };

/** What the programs look at. Throws a `ConfigError` where a filter names what is not there. */
export function ebpfOptions(config: SyscallConfig): EbpfOptions {
  return {
    ringBytes: config.ebpfRingBytes,
    payloadBytes: config.ebpfPayloadBytes,
    ownPid: process.pid,
    processes: uniform('ebpfProcesses', config.ebpfProcesses),
    cgroups: uniform('ebpfCgroups', config.ebpfCgroups).map((folder) => inodeOf(folder, '/sys/fs/cgroup')),
    ports: uniform('ebpfPorts', config.ebpfPorts).map(port),
    namespaces: uniform('ebpfNamespaces', config.ebpfNamespaces).map((name) => inodeOf(name, '/run/netns')),
    unixSockets: config.ebpfUnixSockets,
    tls: config.ebpfTls,
  };
}

/** Whether the calls of all programs are seen, wherever they run and whatever their ports. */
export function seesEverybody({ processes, cgroups, ports, namespaces }: EbpfOptions): boolean {
  return [processes, cgroups, ports, namespaces].every(({ length }) => length === 0);
}

function uniform(key: string, values: readonly string[]): readonly string[] {
  const negated = values.filter((value) => value.startsWith('!')).length;
  if (negated !== 0 && negated !== values.length)
    throw new ConfigError([`${key}: either every entry begins with "!" or none does`]);
  return values;
}

function port(value: string): string {
  if (!/^!?\d{1,5}$/.test(value) || Number(value.replace('!', '')) > 65_535)
    throw new ConfigError([`ebpfPorts: not a port: ${value}`]);
  return value;
}

/** Inode number, as text, of a file; a name without a slash lies in `folder`. Keeps the `!`. */
function inodeOf(value: string, folder: string): string {
  const [, negation, name] = /^(!?)(.*)$/.exec(value)!;
  const path = name.startsWith('/') ? name : `${folder}/${name}`;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new ConfigError([`no such file: ${path}`]);
  return `${negation}${stat.ino}`;
}
