import { monitored, Southbound, type SouthboundTarget } from '../../core/ovn/southbound.ts';
import { monitor, type OvsdbOptions } from './ovsdb-connection.ts';

export interface SouthboundOptions {
  /** The members of its cluster, or the one server: `tcp:host:port`, `ssl:host:port`. */
  readonly addresses: readonly string[];
  readonly tls: OvsdbOptions['tls'];
}

export interface SouthboundListener {
  works(): void;
  failed(error: Error): void;
}

const maxTextBytes = 1 << 28;
const idleMs = 10_000;
const longestPauseMs = 30_000;

/** Follows OVN's southbound database until the signal aborts: one server after another, until one answers. What is known stays. */
export async function followSouthbound(
  { addresses, tls }: SouthboundOptions,
  target: SouthboundTarget,
  { listener, sleep }: { listener: SouthboundListener; sleep(ms: number, signal: AbortSignal): Promise<unknown> },
  signal: AbortSignal,
): Promise<void> {
  const southbound = new Southbound(target);
  let failures = 0;
  const known = () => {
    failures = 0;
    listener.works();
  };
  for (let turn = 0; !signal.aborted; turn++) {
    const address = addresses[turn % addresses.length];
    try {
      await monitorSouthbound(address, tls, southbound, known, signal);
    } catch (error) {
      if (signal.aborted) return;
      listener.failed(new Error(`${address}: ${(error as Error).message}`));
      await sleep(Math.min(250 * 2 ** failures++, longestPauseMs), signal).catch(() => {});
    }
  }
}

/** The same at one server; `known` is called when all that there is has been told. Throws when the connection fails or ends. */
export function monitorSouthbound(
  address: string,
  tls: OvsdbOptions['tls'],
  southbound: Southbound,
  known: () => void,
  signal: AbortSignal,
): Promise<void> {
  const monitoring = {
    database: 'OVN_Southbound',
    tables: monitored,
    all: (updates: unknown) => {
      southbound.all(updates);
      known();
    },
    update: (updates: unknown) => southbound.update(updates),
  };
  return monitor(address, monitoring, { tls, maxTextBytes, idleMs }, signal);
}
