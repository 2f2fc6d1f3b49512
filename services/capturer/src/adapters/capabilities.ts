import { readFileSync } from 'node:fs';

const CAP_SYS_ADMIN = 21; // linux/capability.h

/** Whether the kernel lets this process put probes into programs: it asks for CAP_SYS_ADMIN. */
export function mayProbePrograms(): boolean {
  const [, mask] = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${mask ?? '0'}`) >> BigInt(CAP_SYS_ADMIN)) & 1n) === 1n;
}
