import os from 'node:os';
import { defaultTimeouts, type FlowTimeouts } from '@flowloom/flow';
import {
  defaultTunnelPorts,
  type PortTunnelName,
  type TunnelName,
  type TunnelOptions,
  tunnelNames,
  tunnelPorts,
} from '@flowloom/packet';
import { type ConfigOf, defineConfig } from '@flowloom/service-kit/config';
import { z } from 'zod';
import { budgetKeys } from './budget.config.ts';
import { syscallKeys } from './syscalls.config.ts';

const timeoutMs = (state: keyof FlowTimeouts, silence: string) =>
  z
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(defaultTimeouts[state])
    .describe(`A flow ends after so much silence ${silence}, ms`);

const portTunnels = Object.keys(defaultTunnelPorts).join('|');

/** Settings of the capturer. */
export const capturerConfig = defineConfig({
  name: 'capturer',
  doc: 'Where packets and system calls come from, and what is kept while the bus is away.',
  prefix: 'FLOWLOOM_CAPTURER_',
  keys: {
    agent: z
      .string()
      .default('')
      .describe('Name of this capturer in every row, the name of its node; empty: the host name'),
    interfaces: z.array(z.string()).default(['any']).describe('Network interfaces to capture from; `any` for all'),
    source: z
      .enum(['auto', 'af_packet', 'libpcap'])
      .default('auto')
      .describe('How packets are captured; `auto` is the AF_PACKET ring, or libpcap where that is not allowed'),
    snaplenBytes: z.number().int().min(64).max(262_144).default(65_535).describe('Bytes captured of each frame'),
    threads: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe('Threads that share the flows of the AF_PACKET ring (PACKET_FANOUT)'),
    ringBytes: z
      .number()
      .int()
      .min(1 << 22)
      .default(1 << 26)
      .describe(
        'Memory of the rings of each thread, bytes: its interfaces share it, loopback by eBPF takes 16 MiB of it at most; those that come later get more',
      ),
    nice: z
      .number()
      .int()
      .min(-20)
      .max(19)
      .default(-10)
      .describe('Nice value of these threads: below 0 they run before others on a busy node, and lose less'),
    hardwareTimestamps: z
      .boolean()
      .default(false)
      .describe('Whether times come from the network card: only where its clock is set to the wall clock'),
    excludeOwnTraffic: z
      .boolean()
      .default(true)
      .describe('Whether connections of this process (Kafka, Redis, OTLP) are left out'),
    maxFlows: z
      .number()
      .int()
      .min(1024)
      .max(1 << 22)
      .default(1 << 18)
      .describe('Flows at the same time in each thread, 550 bytes each; beyond, the least useful ends early'),
    serverPorts: z
      .array(z.coerce.number().int().min(1).max(65_535))
      .default([])
      .describe('Ports that are the server side where nothing else tells'),
    timeoutEstablishedMs: timeoutMs('establishedMs', 'on an established TCP connection'),
    timeoutOpeningMs: timeoutMs('openingMs', 'in a TCP handshake'),
    timeoutClosingMs: timeoutMs('closingMs', 'after a FIN'),
    timeoutResetMs: timeoutMs('resetMs', 'after the RST of an established connection'),
    timeoutOtherMs: timeoutMs('otherMs', 'of UDP, ICMP and all that is not TCP'),
    timeoutLingerMs: z
      .number()
      .int()
      .min(0)
      .max(86_400_000)
      .default(defaultTimeouts.lingerMs)
      .describe('So long after its end a TCP flow keeps its id: late packets become further rows of it, ms'),
    closedTunnels: z
      .array(z.enum(tunnelNames.slice(1) as TunnelName[]))
      .default([])
      .describe(
        `Tunnels that are not opened, their packets stay flows of the outer addresses: ${tunnelNames.slice(1).join(', ')}`,
      ),
    tunnelPorts: z
      .array(z.string().regex(new RegExp(`^(${portTunnels})=\\d{1,5}$`), 'expected tunnel=port, as vxlan=4789'))
      .default([])
      .describe('Ports of a tunnel instead of its usual ones, as `vxlan=4789,vxlan=9999`'),
    requests: z.boolean().default(true).describe('Whether application requests are parsed'),
    requestTimeoutMs: z
      .number()
      .int()
      .min(100)
      .default(120_000)
      .describe('A request without a response for so long is timed out, ms'),
    decodeAs: z
      .array(z.string().regex(/^\d{1,5}=[a-z0-9]+$/, 'expected port=protocol'))
      .default([])
      .describe('Server ports that carry a certain protocol, as `8443=http`'),
    ...syscallKeys,
    ...budgetKeys,
    queueBytes: z
      .number()
      .int()
      .min(1 << 20)
      .default(1 << 26)
      .describe('Records kept in memory while the bus is slow, bytes'),
    spillFolder: z
      .string()
      .default('')
      .describe(
        'Where records go while the bus is away; empty: a folder of this agent in the folder for temporary files of the system',
      ),
    spillBytes: z
      .number()
      .int()
      .min(0)
      .default(1 << 30)
      .describe('Most bytes in that folder: beyond, the oldest are dropped and counted; 0 keeps nothing on disk'),
  },
});

export type CapturerConfig = ConfigOf<typeof capturerConfig>;

/** How long flows may be silent. */
export function flowTimeouts(config: CapturerConfig): FlowTimeouts {
  return {
    establishedMs: config.timeoutEstablishedMs,
    openingMs: config.timeoutOpeningMs,
    closingMs: config.timeoutClosingMs,
    resetMs: config.timeoutResetMs,
    otherMs: config.timeoutOtherMs,
    lingerMs: config.timeoutLingerMs,
  };
}

/** Which tunnels are opened, and at which ports. */
export function tunnelOptions(config: CapturerConfig): TunnelOptions {
  const ports = config.tunnelPorts.map((entry) => entry.split('=') as [PortTunnelName, string]);
  return {
    closed: config.closedTunnels,
    ports: tunnelPorts(ports.map(([name, port]) => [name, Number(port)])),
  };
}

/** `agent` of every row. */
export function agentName({ agent }: CapturerConfig): string {
  return agent || os.hostname();
}
