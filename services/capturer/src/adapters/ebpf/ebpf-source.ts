import { SyscallEvent, SyscallKind } from '../../core/syscalls/syscall-event.ts';
import type { SyscallSource, SyscallSourceCounters, SyscallSourceSink } from '../../core/syscalls/syscall-source.ts';
import { OwnConnections } from '../af-packet/own-connections.ts';
import { Containers } from '../containers.ts';
import { type Libc, loadLibc } from '../libc.ts';
import { EventReader } from './event-reader.ts';
import { BpfObject, kernelAbilities, type Libbpf, loadLibbpf } from './libbpf.ts';
import { Orders } from './orders.ts';
import { Pace } from './pace.ts';
import { GoBuilds } from './programs/go-builds.ts';
import { GoChannelsFitting } from './programs/go-channels-fitting.ts';
import { GoFitting } from './programs/go-fitting.ts';
import { GoTlsFitting } from './programs/go-tls-fitting.ts';
import { NativePrograms } from './programs/native-programs.ts';
import { ProgramWatcher } from './programs/program-watcher.ts';
import { TaskFitting } from './programs/task-fitting.ts';
import { TlsFitting } from './programs/tls-fitting.ts';
import { TokioFitting } from './programs/tokio-fitting.ts';
import { type RecordSink, RingBuffer } from './ring-buffer.ts';
import { MovedObjects } from './runtimes/moved-objects.ts';
import { type EbpfOptions, writeFilters, writeSettings } from './settings.ts';

/** An event, what is about its socket, and less than two pieces of memory (bpf/event.h). */
const mostEventBytes = 4 * 4096;
/** Always there: which processes begin and end. */
const processPrograms = ['process_forks', 'process_executes', 'process_exits', 'io_uring_submits'];
/** They cost every system call and wake-up something: taken out while nothing is to be seen. */
const callPrograms = ['enter_call', 'leave_call', 'thread_wakes'];
/** Programs of functions in other programs, attached by fittings; some know the registers of amd64 alone. */
const uprobes = [
  'tls_enter',
  'tls_return',
  ...(process.arch === 'x64'
    ? [
        'go_tls_writes',
        'go_tls_reads_begin',
        'go_tls_reads_record',
        'go_tls_reads_end',
        'go_http_sends',
        'go_http2_serves',
        'go_task_acts',
        'go_grpc_sends',
        'go_grpc_serves',
        'go_starts',
        'go_sends',
        'go_receives_begin',
        'go_tries_receive',
        'go_receives_end',
        'go_selects_begin',
        'go_selects_end',
        'python_makes_task',
        'python_puts',
        'python_gets',
        'python_appends',
        'python_pops',
        'node_runs_timers',
        'node_runs_jobs',
        'node_collects',
        'node_makes_stream',
        'node_takes_frame',
        'node_takes_data',
        'node_answers_stream',
        'tokio_wakes',
        'tokio_makes',
      ]
    : []),
];
/** Values of `enum count` in bpf/maps.h. */
const counter = { ring: 0, page: 1, parts: 2, shortened: 3, ioUring: 4 } as const;
/** Records taken before other events of the thread have their turn. */
const recordsPerTurn = 2048;
const clockMs = 1000;

/** System calls by eBPF: tracepoints, and a ring buffer that is read in place. */
export class EbpfSource implements SyscallSource {
  readonly #options: EbpfOptions;
  readonly #libc: Libc;
  readonly #lib: Libbpf;
  readonly #containers = new Containers();
  readonly #moved = new MovedObjects((pid) => this.#tasks?.collections(pid));
  #object: BpfObject | undefined;
  #ring: RingBuffer | undefined;
  #orders: Orders | undefined;
  #watcher: ProgramWatcher | undefined;
  #tls: TlsFitting | undefined;
  #goTls: GoTlsFitting | undefined;
  #tasks: TaskFitting | undefined;
  #goChannels: GoChannelsFitting | undefined;
  #tokio: TokioFitting | undefined;
  #native: NativePrograms | undefined;
  #record: RecordSink = () => {};
  #ownConnection: SyscallSourceSink['ownConnection'] = () => {};
  #events = 0;
  /** Events of sockets of which nothing was told. */
  #unknown = 0;
  readonly #detachCalls: (() => Promise<unknown>)[] = [];
  #detached: Promise<unknown> = Promise.resolve();
  #clock: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Reads what is there, and goes on to do so. */
  #turn = () => {};
  #isPaused = false;
  fitted = Promise.resolve();

  constructor(options: EbpfOptions) {
    this.#options = options;
    this.#libc = loadLibc();
    this.#lib = loadLibbpf();
  }

  open(sink: SyscallSourceSink, isPaused = false): void {
    const { ringBytes } = this.#options;
    const abilities = kernelAbilities(this.#lib);
    const object = new BpfObject(this.#lib, 'capture');
    this.#object = object;
    try {
      writeSettings(object.section('.rodata'), this.#options, abilities);
      object.setMaxEntries('events', ringBytes);
      if (!abilities.ioUring) object.leaveOut('io_uring_submits');
      if (abilities.uprobeMulti) object.useUprobeMulti(uprobes);
      object.load();
      writeFilters(object, this.#options);
      this.#ring = new RingBuffer(this.#libc, object.mapFd('events'), ringBytes, mostEventBytes);
      this.#orders = new Orders(object);
      const builds = new GoBuilds();
      this.#tls = new TlsFitting(object);
      this.#goTls = new GoTlsFitting(object, builds);
      this.#goChannels = new GoChannelsFitting(object, builds);
      this.#tokio = new TokioFitting(object);
      this.#tasks = new TaskFitting(object);
      this.#native = new NativePrograms(object, builds);
      this.#watcher = new ProgramWatcher([
        new GoFitting(object, builds),
        this.#goChannels,
        this.#tasks,
        this.#tokio,
        ...(this.#options.tls ? [this.#tls, this.#goTls] : []),
      ]);
      for (const program of processPrograms) {
        if (program !== 'io_uring_submits' || abilities.ioUring) object.attach(program);
      }
      this.#isPaused = isPaused;
      object.setPaused(isPaused);
      if (!isPaused) this.#attachCalls(object);
    } catch (error) {
      void this.close();
      throw error;
    }
    this.fitted = this.#watcher.start().then(() => object.attached());
    this.#read(sink, this.#ring);
  }

  #read(sink: SyscallSourceSink, ring: RingBuffer): void {
    this.#ownConnection = (event) => sink.ownConnection(event);
    const reader = new EventReader(ring);
    const setClock = () => {
      reader.clockOffsetUs = this.#libc.monotonicOffsetUs();
    };
    setClock();
    this.#clock = setInterval(() => {
      setClock();
      this.#goChannels?.check(performance.now());
      this.#tokio?.check(performance.now());
      this.#tasks?.check(performance.now());
    }, clockMs);
    this.#record = (start) => {
      this.#events++;
      const event = reader.read(start);
      if (event === null) {
        this.#unknown++;
        return;
      }
      if (event.kind === SyscallKind.exec) {
        this.#native?.ended(event.pid);
        this.#watcher?.began(event.pid);
      } else if (event.kind === SyscallKind.clone && event.otherPid !== event.pid) this.#watcher?.began(event.otherPid);
      else if (event.kind === SyscallKind.exit && event.otherTid === 0) {
        this.#containers.forget(event.pid);
        this.#moved.ended(event.pid);
        this.#watcher?.ended(event.pid);
        this.#native?.ended(event.pid);
      }
      if (event.lastAsyncId > 0) this.#tasks?.acts(event.pid);
      const moved = event.heapTop > 0 ? this.#moved.before(event) : undefined;
      if (moved) sink.event(movedBefore(event, moved));
      if (event.kind === SyscallKind.classes) this.#tasks?.asksFor(event);
      else if (reader.isOwn) sink.ownConnection(event);
      else sink.event(event);
    };
    const pace = new Pace();
    this.#turn = () => {
      clearTimeout(this.#idle);
      if (this.#ring === undefined) return;
      try {
        const records = ring.read(this.#record, recordsPerTurn);
        const pauseMs = records === recordsPerTurn ? 0 : pace.after(records, this.#isPaused);
        this.#idle = setTimeout(this.#turn, pauseMs);
      } catch (error) {
        void this.close();
        sink.failed(error as Error);
      }
    };
    this.#turn();
  }

  askAddresses(pid: number, isAsked: boolean, mayBeAlone = false): void {
    if (isAsked) this.#native?.ask(pid, mayBeAlone);
    else this.#native?.ended(pid);
  }

  askQueues(pid: number, isAsked: boolean): void {
    this.#tasks?.askQueues(pid, isAsked);
  }

  noPlaintext(socket: number): void {
    this.#orders?.noPlaintext(socket);
  }

  noPayload(socket: number): void {
    this.#orders?.noPayload(socket);
  }

  skipUntil(socket: number, direction: 'read' | 'write', seq: number): void {
    this.#orders?.skipUntil(socket, direction, seq);
  }

  forgetOrders(socket: number): void {
    this.#orders?.forget(socket);
  }

  silence(socket: number): void {
    this.#orders?.silence(socket);
  }

  /** Processes that are looked at again soon. */
  get followed(): number {
    return this.#watcher?.waiting ?? 0;
  }

  containerOf(pid: number): string {
    return this.#containers.of(pid);
  }

  get fill(): number {
    return (this.#ring?.waiting ?? 0) / this.#options.ringBytes;
  }

  get lostCalls(): number {
    return this.#object?.sum('counts', counter.ring) ?? 0;
  }

  pause(): void {
    this.#isPaused = true;
    this.#object?.setPaused(true);
    this.#detached = Promise.all(this.#detachCalls.splice(0).map((detach) => detach()));
  }

  resume(): void {
    const object = this.#object;
    if (object === undefined) return;
    const event = new SyscallEvent();
    for (const { local, localPort, remote, remotePort } of new OwnConnections().now()) {
      event.localAddress.set(local);
      event.remoteAddress.set(remote);
      event.localPort = localPort;
      event.remotePort = remotePort;
      this.#ownConnection(event);
    }
    void this.#detached.then(() => {
      if (this.#object !== object || this.#detachCalls.length > 0) return;
      this.#attachCalls(object);
      object.setPaused(false);
      this.#isPaused = false;
      this.#turn();
    });
  }

  #attachCalls(object: BpfObject): void {
    this.#detachCalls.push(...callPrograms.map((program) => object.attach(program)));
  }

  drain(): void {
    while (this.#ring !== undefined && this.#ring.read(this.#record, recordsPerTurn) > 0);
  }

  counters(): SyscallSourceCounters {
    const sum = (index: number) => this.#object?.sum('counts', index) ?? 0;
    return {
      events: this.#events,
      lost: {
        ring_full: this.lostCalls,
        page_absent: sum(counter.page),
        too_many_parts: sum(counter.parts),
        ring_filling: sum(counter.shortened),
        unknown_socket: this.#unknown,
      },
      ioUring: sum(counter.ioUring),
      tlsPrograms: (this.#tls?.size ?? 0) + (this.#goTls?.size ?? 0),
      unwatched: {
        go_channels: this.#goChannels?.busy ?? 0,
        tokio_tasks: this.#tokio?.busy ?? 0,
        python_queues: this.#tasks?.busy ?? 0,
      },
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#clock);
    clearTimeout(this.#idle);
    this.#watcher?.stop();
    this.#ring?.close();
    const object = this.#object;
    this.#ring = this.#object = this.#orders = undefined;
    await object?.close();
  }
}

/** What is told of objects that were moved before that event. */
function movedBefore(
  { pid, tid, timeUs, turn, asyncId, lastAsyncId, process }: SyscallEvent,
  moved: Float64Array,
): SyscallEvent {
  const bytes = new Uint8Array(moved.buffer);
  const about = { pid, tid, timeUs, turn, asyncId, lastAsyncId, process, bytes, end: bytes.length };
  return Object.assign(new SyscallEvent(), about, { kind: SyscallKind.moved });
}
