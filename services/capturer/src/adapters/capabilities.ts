import { readFileSync } from 'node:fs';

/** Capabilities that Flowloom asks for, by their numbers in linux/capability.h. */
const numbers = {
  NET_RAW: 13,
  SYS_PTRACE: 19,
  SYS_ADMIN: 21,
  SYS_NICE: 23,
  SYS_RESOURCE: 24,
  PERFMON: 38,
  BPF: 39,
} as const;
export type Capability = keyof typeof numbers;

/** Whether a process has a capability in effect, by the text of its `/proc/<pid>/status`. */
export function holdsCapability(status: string, capability: Capability): boolean {
  const [, mask] = /^CapEff:\s*([0-9a-f]+)/m.exec(status) ?? [];
  return ((BigInt(`0x${mask ?? '0'}`) >> BigInt(numbers[capability])) & 1n) === 1n;
}

/** Whether a thread of this process may come before others again, once it has stepped back. */
export function mayRaisePriority(): boolean {
  return holdsCapability(readFileSync('/proc/self/status', 'utf8'), 'SYS_NICE');
}

/** Whether the kernel lets this process put probes into programs: it asks for CAP_SYS_ADMIN. */
export function mayProbePrograms(): boolean {
  return holdsCapability(readFileSync('/proc/self/status', 'utf8'), 'SYS_ADMIN');
}
