import type { Exchange } from '@flowloom/l7';
import { ObservedCauses } from '../core/cause/cause-linker.ts';
import type { Place } from '../core/cause/reached.ts';
import type { ProcessRequest } from '../core/syscalls/process-request.ts';
import { SyscallEvent, SyscallKind } from '../core/syscalls/syscall-event.ts';

/** Who acts: a thread, with the turn of its loop or the goroutine that it runs. */
export interface Actor {
  readonly tid?: number;
  readonly turn?: number;
  readonly timersDue?: boolean;
  readonly asyncId?: number;
  readonly triggerId?: number;
  readonly lastAsyncId?: number;
  readonly goid?: number;
  readonly parentGoid?: number;
  readonly process?: string;
  /** Its thread's allocation buffer, of Java. */
  readonly bufferStart?: number;
  readonly bufferTop?: number;
  readonly bufferEnd?: number;
  readonly collections?: number;
  /** How far Node.js has filled the page of its young objects. */
  readonly heapStart?: number;
  readonly heapTop?: number;
  /** Addresses that its frames hold, of a program without a runtime; their places are 0, 1 and so on. */
  readonly frames?: readonly number[];
  /** When, µs; else a tick after what was before. */
  readonly timeUs?: number;
}

/** What Node.js says that it runs: jobs since it said that last, or those that begin to run, and addresses on its stack. */
export interface Runs {
  readonly inTimers?: boolean;
  readonly areWaiting?: boolean;
  /** The last of the jobs is under way; without any, the one that was before. */
  readonly isInJob?: boolean;
  readonly jobs?: readonly { readonly address: number; readonly generator?: number }[];
  /** How many there were before these. */
  readonly hidden?: number;
  readonly frames?: readonly number[];
}

/** What is in a request. */
export interface Head {
  /** Port of who is asked. */
  readonly port?: number;
  readonly requestId?: string;
  readonly protocol?: string;
  readonly stream?: number;
  readonly resource?: string;
  /** Nobody answers it: its type, as AMQP has it. */
  readonly oneWay?: string;
  /** Its delivery tag. */
  readonly tag?: number;
  readonly multiple?: boolean;
  /** So long before it is told it began, us: only now the parser is sure. */
  readonly earlierUs?: number;
  /** Its header lines; none: nothing is known of them. */
  readonly lines?: readonly string[];
}

type Scripted = { -readonly [K in keyof ProcessRequest]: ProcessRequest[K] } & { readonly name: string };

/** As a walk over objects tells them. */
function encoded(places: readonly Place[]): Partial<SyscallEvent> {
  const words = places.map(({ what, root, distance, value }) => {
    return (BigInt((what << 5) | root) << 56n) | (BigInt(distance) << 48n) | BigInt(value);
  });
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer);
  return { bytes, start: 0, end: bytes.length };
}

/** Addresses with the place of each. */
function placed(frames: readonly number[]): Partial<SyscallEvent> {
  const words = frames.map((address, place) => (BigInt(place) << 48n) | BigInt(address));
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer);
  return { bytes, start: 0, end: bytes.length };
}

/** System calls of one process, in the order in which they are written, and the causes that they let see. A tick is 10 µs. */
export class CauseScript {
  readonly linker: ObservedCauses;
  readonly #requests = new Map<string, Scripted>();
  /** Processes that are to tell what their threads hold. */
  readonly frameTellers = new Set<number>();
  /** Those that are to tell it also where they have one thread. */
  readonly loneTellers = new Set<number>();
  #nowUs = 1e15;
  #tag = 0;
  /** Jobs that Node.js has begun in all. */
  #begun = 0;

  /** @param mayProbe whether programs can be probed */
  constructor(mayProbe = true) {
    this.linker = new ObservedCauses(mayProbe, (pid, isAsked, mayBeAlone) => {
      if (mayBeAlone) this.loneTellers.add(pid);
      if (isAsked) this.frameTellers.add(pid);
      else this.frameTellers.delete(pid);
    });
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  /** The process reads the request `name` from `socket`. */
  asked(name: string, actor: Actor, socket: number, head: Head = {}): void {
    this.#starts(name, 'server', this.#event(SyscallKind.read, actor, socket), head);
  }

  /** It accepts a connection. */
  accepts(actor: Actor, socket: number): void {
    this.#event(SyscallKind.accept, actor, socket);
  }

  /** It writes the request `name` to `socket`, whose other end is `port`. */
  calls(name: string, actor: Actor, socket: number, head: Head = {}): void {
    this.#starts(name, 'client', this.#event(SyscallKind.write, actor, socket, head.port ?? 80), head);
  }

  /** It writes requests of several streams in one system call; or in several, `apartUs` apart, that are told at once. */
  callsAtOnce(names: readonly string[], actor: Actor, socket: number, apartUs = 0): void {
    const event = this.#event(SyscallKind.write, actor, socket, 80);
    for (const [i, name] of names.entries())
      this.#starts(name, 'client', event, {
        protocol: 'http2',
        stream: 2 * i + 1,
        earlierUs: (names.length - 1 - i) * apartUs,
      });
  }

  /** It writes requests of a protocol that is answered in order, in one system call. */
  callsInOneGo(names: readonly string[], actor: Actor, socket: number): void {
    const event = this.#event(SyscallKind.write, actor, socket, 80);
    for (const name of names) this.#starts(name, 'client', event, { protocol: 'redis' });
  }

  /** It reads messages that a broker pushes to it, or what else the broker says, all in one system call; tags count from 1. */
  pushed(actor: Actor, socket: number, type: string, ...names: string[]): void {
    const event = this.#event(SyscallKind.read, actor, socket);
    for (const name of names) {
      this.#starts(name, 'server', event, { oneWay: type, tag: ++this.#tag });
      this.linker.completes(this.#requests.get(name)!);
    }
  }

  /** It acknowledges the message with that tag, and all before where `multiple`. */
  acknowledges(name: string, actor: Actor, socket: number, tag: number, multiple = false): void {
    const event = this.#event(SyscallKind.write, actor, socket, 5672);
    this.#starts(name, 'client', event, { oneWay: 'Basic.Ack', tag, multiple });
    this.linker.completes(this.#requests.get(name)!);
  }

  /** It reads the answer to a call, or writes one to a request, with that head. */
  passes(actor: Actor, name: string, head: readonly string[]): void {
    const request = this.#requests.get(name)!;
    const kind = request.role === 'client' ? SyscallKind.read : SyscallKind.write;
    const event = this.#event(kind, actor, request.socket);
    event.bytes = Buffer.from([...head, '', ''].join('\r\n'));
    event.end = event.bytes.length;
    this.linker.responseStarts(request, event);
    this.linker.completes(request);
  }

  /** It reads the answers to its calls, all in one system call. */
  reads(actor: Actor, ...names: string[]): void {
    const requests = names.map((name) => this.#requests.get(name)!);
    const event = this.#event(SyscallKind.read, actor, requests[0].socket);
    for (const request of requests) {
      this.linker.responseStarts(request, event);
      this.linker.completes(request);
    }
  }

  /** It writes the answer to what it was asked, which `began` so long before, in µs. */
  answers(actor: Actor, name: string, began = 0): void {
    const request = this.#requests.get(name)!;
    const event = this.#event(SyscallKind.write, actor, request.socket);
    request.exchange.responseStartUs = event.timeUs - began;
    this.linker.responseStarts(request, event);
    this.linker.completes(request);
  }

  exits(actor: Actor): void {
    this.#event(SyscallKind.exit, actor, 0, 0, { otherTid: 1 });
  }

  /** A second goes by. */
  ticks(): void {
    this.waits(1e6);
    this.linker.tick(this.#nowUs);
  }

  /** It reads requests of several streams in one system call. */
  askedAtOnce(names: readonly string[], actor: Actor, socket: number): void {
    const event = this.#event(SyscallKind.read, actor, socket);
    for (const [i, name] of names.entries())
      this.#starts(name, 'server', event, { protocol: 'http2', stream: 2 * i + 1 });
  }

  /** The loop begins to run its timers. */
  runsTimers(actor: Actor): void {
    this.#event(SyscallKind.timers, actor, 0);
  }

  /** Node.js says what it runs before its next system call. */
  runs(actor: Actor, running: Runs): void {
    const { inTimers = false, areWaiting = false, isInJob = false, jobs = [], hidden = 0, frames = [] } = running;
    const addresses = [...jobs.map(({ address }) => address), ...jobs.map(({ generator = 0 }) => generator)];
    const flags = Number(inTimers) + 2 * Number(areWaiting) + 4 * Number(isInJob);
    const number = jobs.length + hidden;
    if (!areWaiting) this.#begun += number;
    const words = [flags, frames.length, areWaiting ? number : this.#begun, ...frames, ...addresses];
    const bytes = new Uint8Array(BigUint64Array.from(words, BigInt).buffer);
    this.#event(SyscallKind.running, actor, 0, 0, { bytes, start: 0, end: bytes.length });
  }

  /** Its objects were moved, from the first address of each pair to the second. */
  moves(actor: Actor, ...pairs: readonly (readonly [number, number])[]): void {
    const bytes = new Uint8Array(Float64Array.from(pairs.flat()).buffer);
    this.#event(SyscallKind.moved, actor, 0, 0, { bytes, start: 0, end: bytes.length });
  }

  waits(us: number): void {
    this.#nowUs += us;
  }

  connects(actor: Actor, socket: number): void {
    this.#event(SyscallKind.socket, actor, socket);
    this.#event(SyscallKind.connect, actor, socket, 80);
  }

  hands(actor: Actor, socket: number, stream = 0): void {
    this.#event(SyscallKind.handoff, actor, socket, 0, { seq: stream });
  }

  takes(actor: Actor, socket: number, stream: number): void {
    this.#event(SyscallKind.take, actor, socket, 0, { seq: stream });
  }

  /** Node.js: a stream of the session is made, whose request is sent later, or the answer to that of its peer. */
  makesStream(actor: Actor, session: number, stream: number): void {
    this.#event(SyscallKind.handoff, actor, 0, 0, { object: session, seq: stream });
  }

  /** Node.js: callbacks of a stream run next. */
  runsStream(actor: Actor, session: number, stream: number): void {
    this.#event(SyscallKind.take, actor, 0, 0, { object: session, seq: stream });
  }

  /** The process runs another program. */
  executes(actor: Actor): void {
    this.#event(SyscallKind.exec, actor, 0);
  }

  /** The actor makes a task. */
  makes(actor: Actor, goid: number): void {
    this.#event(SyscallKind.task, { ...actor, goid, parentGoid: actor.goid ?? 0 }, 0);
  }

  /** It puts the object at that address into a queue; its type may tell that it is a job. */
  puts(actor: Actor, object: number, queue = 1, isJob = false): void {
    this.#event(SyscallKind.put, actor, 0, 0, { object, queue, seq: isJob ? 1 : 0 });
  }

  /** It puts in what whoever takes it makes a task for. */
  putsTask(actor: Actor, object: number, queue: number): void {
    this.#event(SyscallKind.put, actor, 0, 0, { object, queue, seq: 2 });
  }

  /** It encodes a request for HTTP/2, on a connection with that table of headers. */
  encodes(actor: Actor, path: string, table: number): void {
    const bytes = Buffer.from(path);
    this.#event(SyscallKind.path, actor, 0, 0, { bytes, end: bytes.length, queue: table });
  }

  /** It gets that object out of its queue; 0: which one that is is not told. */
  gets(actor: Actor, object: number, queue = 0): void {
    this.#event(SyscallKind.get, actor, 0, 0, { object, queue });
  }

  /** It tells which objects it holds. */
  holds(actor: Actor, ...addresses: number[]): void {
    this.#event(SyscallKind.hold, actor, 0, 0, wordsOf(addresses));
  }

  /** Before it writes, or as it reads, it tells what can be reached from what it holds, the nearest first. */
  reaches(actor: Actor, ...places: readonly Place[]): void {
    this.#event(SyscallKind.reach, actor, 1, 0, encoded(places));
  }

  /** The same as it wakes another thread. */
  reachesAsItWakes(actor: Actor, ...places: readonly Place[]): void {
    this.#event(SyscallKind.reach, actor, 0, 0, encoded(places));
  }

  /** Before it writes on the socket, or as it reads there, it tells who waits for that; `behind`: who waits for that one in turn; `library`: on a connection of others than java.net.http; `stream`: on a session of that. */
  awaits(
    actor: Actor,
    socket: number,
    how: { reads?: boolean; behind?: boolean; library?: boolean; stream?: number },
    ...places: readonly Place[]
  ): void {
    const flags = (how.behind ? 256 : 0) | (how.library ? 512 : 0);
    const lengthBytes = (how.reads ? SyscallKind.read : SyscallKind.write) | flags;
    this.#event(SyscallKind.awaited, actor, socket, 0, { ...encoded(places), lengthBytes, seq: how.stream ?? 0 });
  }

  wakes(actor: Actor, tid: number, futex: number): void {
    this.#event(SyscallKind.wake, actor, 0, 0, { otherTid: tid, futex });
  }

  /** Its task wakes that one. */
  wakesTask(actor: Actor, object: number): void {
    this.#event(SyscallKind.wakeTask, actor, 0, 0, { object });
  }

  /** Its task makes that one, as a runtime says that tells who wakes whom. */
  makesTask(actor: Actor, object: number): void {
    this.#event(SyscallKind.makeTask, actor, 0, 0, { object });
  }

  clones(actor: Actor, tid: number): void {
    this.#event(SyscallKind.clone, actor, 0, 0, { otherTid: tid });
  }

  /** `cause by rule` of a call; '' for none. */
  cause(name: string): string {
    const { parent, linkRule } = this.#requests.get(name)!;
    return parent ? `${(parent as Scripted).name} by ${linkRule}` : '';
  }

  isUndecided(name: string): boolean {
    return this.#requests.get(name)!.isUndecided;
  }

  #event(
    kind: SyscallKind,
    actor: Actor,
    socket: number,
    remotePort = 0,
    more: Partial<SyscallEvent> = {},
  ): SyscallEvent {
    const { frames, ...who } = actor;
    if (frames) this.#event(SyscallKind.addresses, who, socket, 0, placed(frames));
    else this.#nowUs += 10;
    const event = Object.assign(new SyscallEvent(), {
      kind,
      pid: 1,
      tid: 1,
      socket,
      remotePort,
      timeUs: this.#nowUs,
      ...who,
      ...more,
    });
    this.linker.event(event);
    return event;
  }

  #starts(
    name: string,
    role: 'client' | 'server',
    event: SyscallEvent,
    { requestId = '', protocol = 'http', stream, resource = '', oneWay, tag, multiple, lines, earlierUs = 0 }: Head,
  ): void {
    if (lines) event.bytes = Buffer.from([`GET ${resource} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    event.end = event.start + event.bytes.length;
    const exchange = {
      protocol: oneWay ? 'amqp' : protocol,
      start_us: event.timeUs - earlierUs,
      request_type: oneWay ?? 'GET',
      is_one_way: oneWay !== undefined,
      note: multiple ? 'multiple' : undefined,
      attributes: tag ? { 'rabbitmq.message.delivery_tag': tag } : null,
      request_resource: resource,
      x_request_id: requestId,
      id: stream,
      protocol_request_id: String(stream ?? ''),
    } as Exchange;
    const { pid, tid, goid, socket } = event;
    const ids = { idHigh: 1, idLow: this.#requests.size + 1, isTls: false };
    const link = {
      parent: null,
      link: 'observed',
      linkRule: '',
      linkConfidence: 0,
      isUndecided: false,
      known: undefined,
    } as const;
    const request: Scripted = { name, role, exchange, pid, tid, goid, socket, ...ids, ...link };
    this.#requests.set(name, request);
    this.linker.requestStarts(request, event);
    this.linker.headKnown(request);
  }
}

function wordsOf(addresses: readonly number[]): Pick<SyscallEvent, 'bytes' | 'start' | 'end'> {
  const bytes = new Uint8Array(BigUint64Array.from(addresses, BigInt).buffer);
  return { bytes, start: 0, end: bytes.length };
}
