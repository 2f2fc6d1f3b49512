import type { CauseLinker, ProcessRequest } from '../syscalls/process-request.ts';
import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import { Call } from './call.ts';
import { Forwards } from './forwards.ts';
import { HeadLines } from './head-lines.ts';
import { Locks } from './locks.ts';
import { acknowledges, isPushed, Messages } from './messages.ts';
import { isTask } from './rules.ts';
import { madeBy, type SocketState, Sockets } from './sockets.ts';
import type { Unit } from './unit.ts';
import { Units } from './units.ts';
import { Work } from './work.ts';

/** So many requests at most a driver sends on a new connection before those for which it was made. */
const GREETINGS = 8;
const MAX_MAKERS = 1024;
/** Proxies whose loop reads first and writes later, in an order of its own: whose turn it is tells nothing. */
const readsFirst: ReadonlySet<string> = new Set(['haproxy']);

/**
 * Follows what every thread and task works on: what it read last has the turn. A call belongs to the work that has the
 * turn; where none is known, it waits for what its maker does next, and the answer of a request tells for whom all of that
 * was. No guess breaks these: a call is answered before its cause is, what is answered causes nothing, and a call has one
 * cause. What stays ambiguous has no parent.
 */
export class ObservedCauses implements CauseLinker {
  readonly #units = new Units();
  readonly #sockets = new Sockets();
  readonly #locks = new Locks();
  /** Works and calls of requests that are not complete. */
  readonly #works = new Map<ProcessRequest, Work>();
  /** Calls of answered requests that nothing has confirmed: of this second, and of the one before. */
  #guessed: Call[] = [];
  #guessedBefore: Call[] = [];
  /** How many of these works a process has. */
  readonly #open = new Map<number, number>();
  readonly #calls = new Map<ProcessRequest, Call>();
  /** Who writes a one-way request: what it is is known at its end. */
  readonly #writers = new WeakMap<ProcessRequest, Unit>();
  /** Of programs in `readsFirst`: heads of their requests and calls, and what is still to be passed on. */
  readonly #heads = new WeakMap<ProcessRequest, HeadLines>();
  readonly #forwards = new Forwards();
  #events = 0;
  /** How many answers to calls have passed whole. */
  #answers = 0;
  /** Who reads in the event under way. */
  #reader: Unit | undefined;

  event(event: SyscallEvent): void {
    this.#events++;
    this.#reader = undefined;
    const { kind } = event;
    if (kind === SyscallKind.read) this.#read(event);
    else if (kind === SyscallKind.write) this.#write(event);
    else if (kind === SyscallKind.wake) this.#wake(event);
    else if (kind === SyscallKind.socket || kind === SyscallKind.connect) this.#connect(event);
    else if (kind === SyscallKind.accept) this.#acting(event).readOther();
    else if (kind === SyscallKind.timers) this.#acting(event).timers();
    else if (kind === SyscallKind.close) this.#close(event.socket);
    else if (kind === SyscallKind.clone) this.#clone(event);
    else if (kind === SyscallKind.handoff) this.#handoff(event);
    else if (kind === SyscallKind.take) this.#take(event);
    else if (kind === SyscallKind.task) this.#units.starts(event);
    else if (kind === SyscallKind.exit) this.#units.ended(event);
  }

  requestStarts(request: ProcessRequest, event: SyscallEvent): void {
    const unit = this.#units.of(event);
    const socket = this.#sockets.of(request.socket);
    if (readsFirst.has(event.process)) this.#heads.set(request, new HeadLines(event.bytes, event.start, event.end));
    if (request.role === 'server') {
      let work = socket.works.find((one) => one.request === null);
      if (work === undefined) {
        work = this.#begin(socket, event);
        if (!request.exchange.is_one_way) unit.takesUp(work, this.#events); // else nobody answers it
      }
      work.request = request;
      this.#works.set(request, work);
      this.#count(request.pid, 1);
      return;
    }
    socket.asks = true;
    const maker = socket.makers.shift() ?? unit;
    const first = socket.first;
    socket.first = undefined;
    const basis = socket.isNew ? socket.basis : maker.basis;
    const call = new Call(request, event.timeUs, event.remotePort, basis, this.#open.get(event.pid) === 1);
    this.#calls.set(request, call);
    socket.calls.push(call);
    call.isGreeting = unit.isLoop && socket.requests++ < GREETINGS;
    if (request.exchange.is_one_way) this.#writers.set(request, unit);
    if (maker === unit && first !== undefined && event.kind === SyscallKind.read) {
      if (first.work?.isAnswered === false) call.link(first.work, first.rule);
    } else if (!this.#heads.has(request) && socket.givers === undefined)
      maker.makes(call, maker === unit ? maker.rule : 'task_handoff', socket.isNew);
    // Whoever writes the first request on a connection, it was made for that request; but a pool gives it to any task.
    if (
      socket.owner?.isAnswered === false &&
      maker === unit &&
      call.work !== socket.owner &&
      !isTask(call.rule) &&
      !this.#heads.has(request)
    ) {
      call.link(socket.owner, 'socket_creation');
    }
    socket.owner = undefined;
    madeBy(socket, undefined);
    socket.isNew = false;
  }

  headKnown(request: ProcessRequest): void {
    const { x_request_id: id, request_type: type, request_resource: resource } = request.exchange;
    const head = this.#heads.get(request);
    const key = `${request.pid} ${type} ${resource}`;
    const work = this.#works.get(request);
    if (head && work) this.#forwards.asked(key, work, head);
    const call = this.#calls.get(request);
    if (call === undefined) return;
    const { givers } = this.#sockets.of(request.socket);
    const giver = givers?.get(request.exchange.protocol_request_id);
    if (giver) {
      givers!.delete(request.exchange.protocol_request_id);
      giver.makes(call, 'task_handoff');
    }
    const passedOn = head && this.#forwards.passedOn(key, head);
    const cause = id ? this.#onlyWith(id, request.pid) : passedOn;
    if (cause) call.link(cause, id ? 'request_id' : 'forwarded');
  }

  /** The only open request of the process with that X-Request-ID. */
  #onlyWith(id: string, pid: number): Work | undefined {
    let only: Work | undefined;
    for (const work of this.#works.values()) {
      if (work.request?.pid !== pid || work.request.exchange.x_request_id !== id) continue;
      if (only !== undefined) return undefined;
      only = work;
    }
    return only;
  }

  responseStarts(request: ProcessRequest, event: SyscallEvent): void {
    const unit = this.#units.of(event);
    if (request.role === 'client') {
      const call = this.#calls.get(request);
      if (call === undefined) return;
      call.answeredUs = event.timeUs;
      // The program goes on with the whole answer; where several come at once, in the order in which they end.
      if (!(call.isQueued && unit.tellsIds)) unit.goesOn(call, this.#events, this.#answers);
    } else {
      const work = this.#works.get(request);
      if (work === undefined) return;
      if (!readsFirst.has(event.process)) unit.answers(work);
    }
  }

  completes(request: ProcessRequest): void {
    const socket = this.#sockets.find(request.socket);
    const call = this.#calls.get(request);
    if (call) {
      this.#calls.delete(request);
      if (call.isQueued && this.#reader?.tellsIds) this.#reader.goesOn(call, this.#events, this.#answers);
      call.answerNumber = ++this.#answers;
      if (socket) remove(socket.calls, call);
      if (socket?.messages && acknowledges(request.exchange)) this.#acknowledged(request, socket.messages);
    }
    const work = this.#works.get(request);
    if (work) {
      this.#works.delete(request);
      this.#forwards.answered(work);
      if (socket && request.exchange.is_one_way && isPushed(request.exchange)) {
        socket.messages ??= new Messages();
        socket.messages.came(request.exchange, work);
      } else this.#guessed.push(...work.answered());
      this.#count(request.pid, -1);
      if (socket) remove(socket.works, work);
    }
  }

  /** Who acknowledges a message has done all since for that. */
  #acknowledged(request: ProcessRequest, messages: Messages): void {
    const message = messages.acknowledged(request.exchange);
    if (message === undefined) return;
    this.#writers.get(request)?.acknowledges(message);
    this.#guessed.push(...message.answered());
  }

  tick(nowUs: number): void {
    this.#units.tick(nowUs);
    for (const call of this.#guessedBefore) call.giveUp();
    this.#guessedBefore = this.#guessed;
    this.#guessed = [];
  }

  #count(pid: number, change: number): void {
    const open = (this.#open.get(pid) ?? 0) + change;
    if (open > 0) this.#open.set(pid, open);
    else this.#open.delete(pid);
  }

  #acting(event: SyscallEvent): Unit {
    const unit = this.#units.of(event);
    unit.at(event, this.#events);
    return unit;
  }

  /** More of a message gives the turn to whom it belongs; where several are under way, their parser tells. */
  #read(event: SyscallEvent): void {
    const unit = this.#acting(event);
    unit.reads();
    this.#reader = unit;
    const socket = this.#sockets.find(event.socket);
    if (socket?.calls.length === 1) unit.goesOn(socket.calls[0], this.#events, this.#answers);
    else if (socket?.works.length === 1 && socket.works[0].request !== null) unit.turnTo(socket.works[0]);
    else if (socket?.works.length === 1) unit.takesUp(socket.works[0], this.#events);
    else if (event.role === 'server' && event.lengthBytes > 0 && !socket?.works.length && !socket?.asks) {
      unit.takesUp(this.#begin(this.#sockets.of(event.socket), event), this.#events);
    } else unit.readOther();
  }

  /** What was no request after all has no answer. */
  #close(socket: number): void {
    for (const work of this.#sockets.find(socket)?.works ?? []) if (work.request === null) work.answered();
    this.#sockets.close(socket);
  }

  /** What was read may be a request, though its parser is not sure yet. */
  #begin(socket: SocketState, event: SyscallEvent): Work {
    const work = new Work(event.timeUs);
    socket.works.push(work);
    return work;
  }

  /** What is written may be a request. */
  #write(event: SyscallEvent): void {
    const unit = this.#acting(event);
    if (event.role !== 'client') return;
    const socket = this.#sockets.of(event.socket);
    if (socket.calls.length === 0) socket.first ??= { work: unit.isBusy ? unit.work : undefined, rule: unit.rule };
  }

  #connect(event: SyscallEvent): void {
    const unit = this.#acting(event);
    if (event.socket === 0) return;
    // A socket is made before it is known where to: of several at once the connecting tells.
    if (event.kind === SyscallKind.connect) unit.connects(this.#sockets.of(event.socket), event.remotePort);
  }

  #clone(event: SyscallEvent): void {
    const unit = this.#units.of(event);
    if (event.goid === 0 && unit.isBusy) {
      this.#units.thread(event.otherTid, event.timeUs).turnTo(unit.work, 'thread_start');
    }
  }

  #handoff(event: SyscallEvent): void {
    const socket = this.#sockets.of(event.socket);
    const unit = this.#units.of(event);
    if (event.seq === 0) {
      if (socket.makers.length < MAX_MAKERS) socket.makers.push(unit);
      return;
    }
    const stream = String(event.seq);
    socket.givers ??= new Map();
    const call = socket.calls.find(({ request }) => request.exchange.protocol_request_id === stream);
    if (call === undefined) {
      if (socket.givers.size >= MAX_MAKERS) socket.givers.delete(socket.givers.keys().next().value!);
      socket.givers.set(stream, unit);
    } else if (call.rule !== 'task_handoff') {
      call.unlink(); // its headers were written before
      unit.makes(call, 'task_handoff');
    }
  }

  #take(event: SyscallEvent): void {
    const unit = this.#units.of(event);
    const stream = String(event.seq);
    const works = this.#sockets.find(event.socket)?.works;
    const work = works?.find(({ request }) => request?.exchange.protocol_request_id === stream);
    if (work) unit.turnTo(work);
  }

  /** A thread that has nothing to do is woken for what the other works on; one that waits, by who did something for it. */
  #wake(event: SyscallEvent): void {
    if (event.goid !== 0) return;
    const waker = this.#units.thread(event.tid, event.timeUs);
    const woken = this.#units.thread(event.otherTid, event.timeUs);
    const differ = waker.isBusyItself && woken.isBusyItself && waker.work !== woken.work;
    const crosses = differ || (woken.isBusyItself ? waker.isCalling && !waker.isBusyItself : woken.isCalling);
    const isOwn = this.#locks.isOwn(event.pid, event.futex, event.otherTid);
    if (this.#locks.isLock(event.pid, event.futex, crosses)) return;
    if (!woken.isBusyItself) {
      if (waker.isBusy) woken.wokenFor(waker.work!, event.futex);
    } else if (!waker.isBusyItself && isOwn) {
      waker.wakesBack(woken, event.timeUs);
      waker.turnTo(undefined);
    }
    woken.ranUs = event.timeUs;
    woken.wasWoken = true;
  }
}

function remove<T>(from: T[], one: T): void {
  const at = from.indexOf(one);
  if (at >= 0) from.splice(at, 1);
}
