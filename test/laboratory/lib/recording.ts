import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { EbpfSource } from '../../../services/capturer/src/adapters/ebpf/ebpf-source.ts';
import { everything } from '../../../services/capturer/src/adapters/ebpf/settings.ts';
import { type SyscallEvent, SyscallKind } from '../../../services/capturer/src/core/syscalls/syscall-event.ts';
import { enterOwnCgroup } from './own-cgroup.ts';

/** A scenario's system calls in their order, and what its services say of causes. */
export interface Recording {
  readonly events: readonly SyscallEvent[];
  /** Cause of each request, by `id@port`. */
  readonly causes: ReadonlyMap<string, string | undefined>;
  /** What the load generator sent, by how many at once. */
  readonly roots: ReadonlyMap<number, readonly string[]>;
}

/** Takes down the system calls of this process and of all that it starts from now on, in a cgroup of their own. */
export function takeDown(): { stop(): Promise<SyscallEvent[]> } {
  const events: SyscallEvent[] = [];
  const source = new EbpfSource({ ...everything, ownPid: 0, cgroups: [enterOwnCgroup()], ringBytes: 1 << 26 });
  source.open({
    event: (event) => {
      if (event.kind === SyscallKind.accept && event.goid === 0) source.askAddresses(event.pid, true, true);
      if (event.kind === SyscallKind.accept || event.kind === SyscallKind.connect) source.askQueues(event.pid, true);
      events.push(copy(event));
    },
    ownConnection: () => {},
    failed: (error) => {
      throw error;
    },
  });
  return {
    async stop() {
      source.drain();
      const { lost } = source.counters();
      await source.close();
      if (lost.ring_full > 0) throw new Error(`${lost.ring_full} events were lost: record again on a quiet machine`);
      return ofFamily(events, process.pid);
    },
  };
}

function copy(event: SyscallEvent): SyscallEvent {
  const bytes = event.bytes.slice(event.start, event.end);
  return {
    ...event,
    localAddress: event.localAddress.slice(),
    remoteAddress: event.remoteAddress.slice(),
    bytes,
    start: 0,
    end: bytes.length,
  };
}

/** Those of the process and of all that it started: others run on the machine too. */
function ofFamily(events: readonly SyscallEvent[], root: number): SyscallEvent[] {
  const family = new Set([root]);
  return events.filter((event) => {
    if (event.kind === SyscallKind.clone && family.has(event.pid)) family.add(event.otherPid);
    return family.has(event.pid);
  });
}

const toldByProbes: ReadonlySet<SyscallKind> = new Set([
  SyscallKind.handoff,
  SyscallKind.take,
  SyscallKind.task,
  SyscallKind.timers,
  SyscallKind.put,
  SyscallKind.get,
  SyscallKind.running,
  SyscallKind.moved,
]);

/** What is left where probes in programs are not allowed. Plaintext of TLS is still there. */
export function withoutProbes({ events, ...rest }: Recording): Recording {
  return { ...rest, events: events.filter(({ kind }) => !toldByProbes.has(kind)) };
}

export function writeRecording(file: string, recording: Recording): void {
  writeFileSync(file, serialize(recording));
}

export function readRecording(file: string): Recording {
  return deserialize(readFileSync(file));
}
