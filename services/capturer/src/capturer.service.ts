import os from 'node:os';
import { join } from 'node:path';
import { topicName, topics } from '@flowloom/records';
import { defineService, type Emit, emitter, type ServiceContext } from '@flowloom/service-kit';
import { mayProbePrograms } from './adapters/capabilities.ts';
import { DiskSpill } from './adapters/disk-spill.ts';
import { HostCpu } from './adapters/host-cpu.ts';
import { networkInterfaces } from './adapters/network-interfaces.ts';
import { packetSource, type SourceOptions } from './adapters/packet-sources.ts';
import { ThreadPriority } from './adapters/thread/thread-priority.ts';
import { ThreadedCapture } from './adapters/thread/threaded-capture.ts';
import { takeLongSlices } from './adapters/thread/time-slices.ts';
import { budgetOptions } from './budget.config.ts';
import { BudgetRunner } from './budget-runner.ts';
import { CaptureRunner } from './capture-runner.ts';
import { agentName, type CapturerConfig, capturerConfig, flowTimeouts, tunnelOptions } from './capturer.config.ts';
import { capturerEvents } from './capturer.events.ts';
import { observeBudget, observeCapture, observeSyscalls } from './capturer.metrics.ts';
import { capturerModule } from './capturer.module.ts';
import { CpuBudget } from './core/budget/cpu-budget.ts';
import { defaultTimes } from './core/budget/windows.ts';
import type { Capture } from './core/capture.ts';
import type { CaptureSessionOptions } from './core/capture-session.ts';
import { InlineCapture } from './core/inline-capture.ts';
import { noSpill } from './core/no-spill.ts';
import { SourceError } from './core/packet-source.ts';
import { PublishQueue } from './core/publish-queue.ts';
import { Publisher } from './core/publisher.ts';
import { SyscallRunner } from './syscall-runner.ts';
import { ebpfOptions, seesEverybody } from './syscalls.config.ts';

type Context = ServiceContext<CapturerConfig>;

/** The capturer as a service: packets in, `flows.raw` and `requests.raw` out. */
export const capturerService = defineService({
  name: 'capturer',
  config: capturerConfig,
  create: async (context: Context) => {
    const { config, common, bus, metrics, health } = context;
    const emit = emitter({ metrics, log: context.log }, capturerEvents);
    const queue = new PublishQueue(config.queueBytes, spillBuffer(config), emit.rowsLost);
    const publisher = new Publisher(bus.producer({ idempotent: true }), queue, emit, {
      topicPrefix: common.bus.topicPrefix,
    });
    const runner = new CaptureRunner({ publisher, emit, health: health.component('capture'), fail: context.fail });
    observeCapture(metrics, runner.totals, queue);
    requireInterfaces(config.interfaces);
    const session = await sessionOptions(context);
    const syscalls = new SyscallRunner({ publisher, emit, health: health.component('syscalls') });
    observeSyscalls(metrics, () => syscalls.counters);
    const options = budgetOptions(config);
    const budget = new CpuBudget(options, defaultTimes.periodUs / 1e6);
    observeBudget(metrics, budget, runner.totals, () => syscalls.counters);
    const areCallsSeen = config.ebpf !== 'off' && seesEverybody(ebpfOptions(config));
    const setShareOfPackets = (share: number, isShort: boolean) => {
      runner.setShare(share, isShort, isShort && areCallsSeen && syscalls.seesAll);
    };
    takeLongSlices(); // before there are threads of ours, which inherit it
    const nice = os.getPriority(0);
    const mainThread = new ThreadPriority(nice, Math.max(nice, config.shortNice), true);
    const budgeting = new BudgetRunner({
      budget,
      cpus: options.cpus,
      cpu: new HostCpu(),
      late: () => (syscalls.counters?.lost.ring_full ?? 0) + (syscalls.counters?.cutWindows ?? 0),
      requests: () => runner.totals.sum(({ l7 }) => l7.requests) + (syscalls.counters?.l7.requests ?? 0),
      runners: [mainThread, { setShare: setShareOfPackets }, syscalls],
      emit,
      health: health.component('cpu budget'),
    });
    try {
      await startCapture(config, session, runner, emit);
      if (config.ebpf !== 'off') await startSyscalls(config, session, syscalls, emit);
    } catch (error) {
      // What runs already would keep the process.
      await runner.stop();
      await publisher.close();
      throw error;
    }
    budgeting.start();
    return { module: capturerModule([budgeting, runner, syscalls], publisher) };
  },
});

function spillBuffer(config: CapturerConfig) {
  if (config.spillBytes === 0) return noSpill;
  const folder = config.spillFolder || join(os.tmpdir(), `flowloom-spill-${agentName(config)}`);
  return new DiskSpill(folder, config.spillBytes);
}

/** Interfaces may come later, but that none of those named is there is most likely a mistake. */
function requireInterfaces(wanted: readonly string[]): void {
  const names = networkInterfaces().map(({ name }) => name);
  if (wanted.includes('any') || wanted.some((name) => names.includes(name))) return;
  throw new SourceError(
    `no such network interface: ${wanted.join(', ')} (there are ${names.join(', ')})`,
    'no_interface',
  );
}

async function sessionOptions({ config, common, bus }: Context): Promise<CaptureSessionOptions> {
  const { topicPrefix } = common.bus;
  const decodeAs = config.decodeAs
    .map((entry) => entry.split('='))
    .map(([port, name]) => [Number(port), name] as const);
  return {
    agent: agentName(config),
    partitions: {
      flowsRaw: await bus.partitions(topicName(topics.flowsRaw, topicPrefix)),
      requestsRaw: await bus.partitions(topicName(topics.requestsRaw, topicPrefix)),
    },
    maxFlows: config.maxFlows,
    serverPorts: config.serverPorts,
    timeouts: flowTimeouts(config),
    tunnels: tunnelOptions(config),
    l7: config.requests ? { timeoutMs: config.requestTimeoutMs, decodeAs: new Map(decodeAs) } : null,
  };
}

/** Starts the ring in its threads; where it is not allowed, libpcap in this one, if the operator leaves the choice. */
async function startCapture(
  config: CapturerConfig,
  session: CaptureSessionOptions,
  runner: CaptureRunner,
  emit: Emit<typeof capturerEvents>,
): Promise<void> {
  const started = async (kind: SourceOptions['kind'], capture: Capture) => {
    await runner.start(capture);
    emit.captureStarted({ source: kind, interfaces: config.interfaces.join(', '), threads: config.threads });
  };
  const source = (kind: SourceOptions['kind']): SourceOptions => ({
    ...config,
    kind,
    snaplen: config.snaplenBytes,
    ebpf: config.ebpf !== 'off',
  });
  const libpcap = () => started('libpcap', new InlineCapture(packetSource(source('libpcap')), session, runner));
  if (config.source === 'libpcap') return libpcap();
  const fanoutGroup = config.threads > 1 ? process.pid & 0xffff : undefined;
  const lanes = Array.from({ length: config.threads }, () => ({
    work: 'packets' as const,
    source: { ...source('af_packet'), fanoutGroup },
    session,
    maxUnreadBytes: config.queueBytes,
    nice: config.nice,
    shortNice: config.nice, // flows are counted all the time
  }));
  try {
    await started('af_packet', new ThreadedCapture(lanes, runner));
  } catch (error) {
    if (config.source !== 'auto' || !(error instanceof SourceError) || error.reason !== 'unsupported') throw error;
    emit.sourceReplaced({ reason: error.message });
    await libpcap().catch(() => {
      throw error; // the ring's reason is the one that helps
    });
  }
}

/** Starts the thread of system calls; where the host does not allow it, one line says so, unless the operator insists. */
async function startSyscalls(
  config: CapturerConfig,
  { agent, partitions, l7 }: CaptureSessionOptions,
  runner: SyscallRunner,
  emit: Emit<typeof capturerEvents>,
): Promise<void> {
  const mayProbe = mayProbePrograms();
  const lane = {
    work: 'syscalls' as const,
    source: ebpfOptions(config),
    session: {
      agent,
      partitions: partitions.requestsRaw,
      maxSockets: config.ebpfMaxSockets,
      mayProbe,
      l7: l7 ?? {},
    },
    maxUnreadBytes: config.queueBytes,
    nice: config.nice,
    shortNice: config.shortNice,
  };
  try {
    await runner.start(new ThreadedCapture([lane], runner));
    if (config.ebpfTls && !mayProbe) emit.tlsUnseen({});
  } catch (error) {
    if (config.ebpf === 'on' || !(error instanceof SourceError)) throw error;
    emit.syscallsUnseen({ reason: error.message });
  }
}
