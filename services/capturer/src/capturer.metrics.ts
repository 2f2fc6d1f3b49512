import type { Metrics, Observation } from '@flowloom/service-kit';
import type { CpuBudget } from './core/budget/cpu-budget.ts';
import type { CaptureTotals } from './core/capture-totals.ts';
import type { PublishQueue } from './core/publish-queue.ts';
import type { SyscallCounters } from './core/syscalls/syscall-session.ts';

/** Metrics that the threads and the queue keep themselves, read when somebody looks. */
export function observeCapture(metrics: Metrics, totals: CaptureTotals, queue: PublishQueue): void {
  const packets = { unit: '{packet}' };
  metrics.sum({ name: 'packets', doc: 'Packets read', ...packets }, () => totals.sum((c) => c.packets));
  metrics.sum(
    { name: 'packets.lost', doc: 'Packets lost before they were read', labels: ['where'], ...packets },
    () => [
      { value: totals.sum((c) => c.droppedByKernel), labels: { where: 'ring' } },
      { value: totals.sum((c) => c.droppedByInterface), labels: { where: 'interface' } },
    ],
  );
  metrics.sum({ name: 'packets.ignored', doc: 'Packets that belong to no flow', labels: ['reason'], ...packets }, () =>
    labelled(
      'reason',
      totals.byName((c) => c.drops),
    ),
  );
  metrics.sum({ name: 'flows.evicted', doc: 'Flows that ended early for want of room', unit: '{flow}' }, () =>
    totals.sum((c) => c.evictedFlows),
  );
  metrics.sum({ name: 'l7', doc: 'What the request parsers met', labels: ['what'] }, () =>
    labelled(
      'what',
      totals.byName(({ l7: { heldBytes: _, ...counts } }) => counts),
    ),
  );
  metrics.gauge({ name: 'queue.size', doc: 'Bytes that wait in memory for the bus', unit: 'By' }, () => queue.bytes);
  metrics.gauge(
    { name: 'spill.size', doc: 'Bytes that wait on disk for the bus', unit: 'By' },
    () => queue.spilledBytes,
  );
}

/** What is left out to keep to the budget of CPU. Requests per second are what was seen, divided by `seen.share`. */
export function observeBudget(
  metrics: Metrics,
  budget: CpuBudget,
  totals: CaptureTotals,
  syscalls: () => SyscallCounters | undefined,
): void {
  const reason = { reason: 'cpu_budget' };
  metrics.gauge({ name: 'seen.share', doc: 'Share of the time in which requests are seen' }, () => budget.share);
  metrics.gauge(
    { name: 'cpu.credit', doc: 'CPU time left for bursts beyond the budget', unit: 's' },
    () => budget.creditS,
  );
  metrics.sum(
    {
      name: 'packets.shed',
      doc: 'Packets with payload in which no request was looked for',
      labels: ['reason'],
      unit: '{packet}',
    },
    () => [{ value: totals.sum(({ shed }) => shed.packets), labels: reason }],
  );
  metrics.sum({ name: 'bytes.shed', doc: 'Payload of these packets', labels: ['reason'], unit: 'By' }, () => [
    { value: totals.sum(({ shed }) => shed.bytes), labels: reason },
  ]);
  metrics.sum(
    { name: 'syscalls.shed', doc: 'Time in which no system call was seen', labels: ['reason'], unit: 's' },
    () => [{ value: syscalls()?.shedS ?? 0, labels: reason }],
  );
  metrics.sum(
    { name: 'windows.cut', doc: 'Windows of system calls that ended early, as more would not have been read in time' },
    () => syscalls()?.cutWindows ?? 0,
  );
}

/** What the thread of system calls counts; nothing where there is none. */
export function observeSyscalls(metrics: Metrics, latest: () => SyscallCounters | undefined): void {
  const calls = { unit: '{call}' };
  metrics.sum({ name: 'syscalls', doc: 'Events of system calls read', ...calls }, () => latest()?.events ?? 0);
  metrics.sum({ name: 'syscalls.lost', doc: 'Events or payload lost', labels: ['reason'], ...calls }, () =>
    labelled('reason', latest()?.lost ?? {}),
  );
  metrics.sum({ name: 'syscalls.unseen', doc: 'Calls through io_uring', ...calls }, () => latest()?.ioUring ?? 0);
  metrics.sum({ name: 'syscalls.l7', doc: 'What the request parsers met in system calls', labels: ['what'] }, () => {
    const { heldBytes: _, ...counts } = latest()?.l7 ?? {};
    return labelled('what', counts);
  });
  metrics.sum(
    { name: 'sockets.evicted', doc: 'Sockets forgotten for want of room' },
    () => latest()?.evictedSockets ?? 0,
  );
  metrics.gauge({ name: 'sockets', doc: 'Sockets followed' }, () => latest()?.sockets ?? 0);
  metrics.sum(
    {
      name: 'programs.unwatched',
      doc: 'Programs that use what would be watched so often that it would slow them down',
      labels: ['what'],
    },
    () => labelled('what', latest()?.unwatched ?? {}),
  );
  metrics.gauge({ name: 'tls.programs', doc: 'Files with TLS probes' }, () => latest()?.tlsPrograms ?? 0);
}

function labelled(label: string, values: Readonly<Record<string, number>>): Observation[] {
  return Object.entries(values).map(([name, value]) => ({ value, labels: { [label]: name } }));
}
