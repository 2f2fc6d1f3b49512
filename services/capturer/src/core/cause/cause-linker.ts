import type { CauseLinker, ProcessRequest } from '../syscalls/process-request.ts';
import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import { Call } from './call.ts';
import { Forwards } from './forwards.ts';
import { Guesses } from './guesses.ts';
import { HandOffs } from './hand-offs.ts';
import { JavaTasks } from './java-tasks.ts';
import { acknowledges, isPushed, Messages } from './messages.ts';
import { NodeLoop } from './node-loop.ts';
import { NodeSessions } from './node-sessions.ts';
import { Pools } from './pools.ts';
import { Queues } from './queues.ts';
import { remove } from './remove.ts';
import { Returns } from './returns.ts';
import { isTask } from './rules.ts';
import { asks, isAnswered, madeBy, type SocketState, Sockets, uses } from './sockets.ts';
import type { Unit } from './unit.ts';
import { Units } from './units.ts';
import { Wakes } from './wakes.ts';
import { Work } from './work.ts';

/** So many requests at most a driver sends on a new connection before those for which it was made. */
const GREETINGS = 8;
/** More processes than a host can have. */
const MAX_SERVERS = 1 << 22;

/**
 * Follows what every thread and task works on: what it read last has the turn. A call belongs to the work that has the
 * turn; where none is known, it waits for what its maker does next, and the answer of a request tells for whom all of that
 * was. No guess breaks these: a call is answered before its cause is, what is answered causes nothing, and a call has one
 * cause. What stays ambiguous has no parent.
 */
export class ObservedCauses implements CauseLinker {
  readonly #units = new Units();
  readonly #sockets = new Sockets();
  readonly #nodeSessions = new NodeSessions(this.#sockets);
  readonly #pools = new Pools();
  readonly #wakes = new Wakes(this.#units);
  readonly #handOffs = new HandOffs(this.#units, this.#sockets);
  readonly #queues = new Queues();
  readonly #java = new JavaTasks();
  /** Works by process and X-Request-ID. */
  readonly #byRequestId = new Map<string, Work[]>();
  readonly #guesses = new Guesses();
  /** How many of these works a process has. */
  readonly #open = new Map<number, number>();
  /** Processes that were asked something. */
  readonly #servers = new Set<number>();
  /** Who writes a one-way request: what it is is known at its end. */
  readonly #writers = new WeakMap<ProcessRequest, Unit>();
  readonly #forwards = new Forwards();
  readonly #returns = new Returns();
  #events = 0;
  /** How many answers to calls have passed whole. */
  #answers = 0;
  /** Who reads in the event under way. */
  #reader: Unit | undefined;

  event(event: SyscallEvent): void {
    this.#events++;
    this.#reader = undefined;
    const { kind } = event;
    if (event.bufferTop > 0) this.#java.acts(event, this.#units.of(event));
    if (kind === SyscallKind.read) this.#read(event);
    else if (kind === SyscallKind.write) this.#write(event);
    else if (kind === SyscallKind.wake) this.#wakes.wake(event);
    else if (kind === SyscallKind.socket || kind === SyscallKind.connect) this.#connect(event);
    else if (kind === SyscallKind.accept) this.#acting(event).readOther();
    else if (kind === SyscallKind.timers) this.#acting(event).timers();
    else if (kind === SyscallKind.close) this.#close(event.socket);
    else if (kind === SyscallKind.clone) this.#clone(event);
    else if (kind === SyscallKind.handoff || kind === SyscallKind.take) this.#handsOver(event);
    else if (kind === SyscallKind.task) this.#units.starts(event);
    else if (kind === SyscallKind.put) this.#queues.put(event, this.#units.of(event));
    else if (kind === SyscallKind.get) this.#queues.get(event, this.#units.of(event));
    else if (kind === SyscallKind.hold) this.#java.holds(event, this.#units.of(event));
    else if (kind === SyscallKind.exec) this.#units.begins(event.pid);
    else if (kind === SyscallKind.exit) this.#exit(event);
  }

  requestStarts(request: ProcessRequest, event: SyscallEvent): void {
    const unit = this.#units.of(event);
    const socket = this.#sockets.of(request.socket);
    const isPassedOn = this.#forwards.starts(request, event);
    if (request.role === 'server') this.#isAsked(request, event, unit, socket);
    else this.#asks(request, event, unit, socket, isPassedOn);
  }

  #isAsked(request: ProcessRequest, event: SyscallEvent, unit: Unit, socket: SocketState): void {
    let work = socket.works.find((one) => one.request === null);
    if (work === undefined) {
      work = this.#begin(socket, event);
      if (!request.exchange.is_one_way && !socket.session) unit.takesUp(work, this.#events); // else nobody answers it, or it is told
    }
    work.request = request;
    request.known = work;
    this.#count(request.pid, 1);
  }

  #asks(request: ProcessRequest, event: SyscallEvent, unit: Unit, socket: SocketState, isPassedOn: boolean): void {
    socket.asks = true;
    const maker = socket.makers.shift() ?? unit;
    const { first, isNew } = socket;
    socket.first = undefined;
    const basis = isNew ? socket.basis : maker.basis;
    const call = new Call(request, event.timeUs, event.remotePort, basis, this.#open.get(event.pid) === 1);
    request.known = call;
    if (unit.tellsIds && socket.pool === undefined && socket.calls.length === 0) {
      socket.pool = this.#pools.of(event);
      socket.pool.open++;
    }
    asks(socket, call);
    if (socket.pool?.mayHandOn(call, unit.message)) call.pool = socket.pool;
    call.isGreeting = unit.isLoop && socket.requests++ < GREETINGS;
    if (request.exchange.is_one_way) this.#writers.set(request, unit);
    if (maker === unit && first !== undefined && event.kind === SyscallKind.read) {
      if (first.work?.isAnswered === false) call.link(first.work, first.rule);
    } else if (!isPassedOn && socket.givers === undefined && !(socket.session && call.isQueued))
      maker.makes(call, maker === unit ? maker.rule : 'task_handoff', isNew);
    // Whoever writes the first request on a connection, it was made for that request; but a pool gives it to any task, and a
    // session of several streams to who comes first.
    const isAnyones = isTask(call.rule) || (unit.tellsIds && call.isQueued && !call.isOnly);
    const isOwners = socket.owner?.isAnswered === false && maker === unit && !isAnyones && !isPassedOn;
    if (isOwners && call.work !== socket.owner) call.link(socket.owner!, 'socket_creation');
    socket.owner = undefined;
    madeBy(socket, undefined);
    socket.isNew = false;
  }

  headKnown(request: ProcessRequest): void {
    const { known } = request;
    if (known instanceof Work) this.#isKnown(request, known);
    if (known instanceof Call) this.#callIsKnown(request, known);
  }

  #isKnown(request: ProcessRequest, work: Work): void {
    this.#forwards.asked(request, work);
    const key = requestIdOf(request);
    if (key === '') return;
    work.requestId = key;
    const works = this.#byRequestId.get(key);
    if (works) works.push(work);
    else this.#byRequestId.set(key, [work]);
  }

  #callIsKnown(request: ProcessRequest, call: Call): void {
    this.#handOffs.isKnown(call);
    this.#nodeSessions.isKnown(call);
    const passedOn = this.#forwards.passedOn(call);
    const id = requestIdOf(request);
    const cause = id ? this.#onlyWith(id) : passedOn;
    if (cause) call.link(cause, id ? 'request_id' : 'forwarded');
  }

  /** The only open request of a process with that X-Request-ID. */
  #onlyWith(id: string): Work | undefined {
    const works = this.#byRequestId.get(id);
    return works?.length === 1 ? works[0] : undefined;
  }

  #forget(work: Work): void {
    const works = this.#byRequestId.get(work.requestId)!;
    remove(works, work);
    if (works.length === 0) this.#byRequestId.delete(work.requestId);
  }

  responseStarts(request: ProcessRequest, event: SyscallEvent): void {
    const unit = this.#units.of(event);
    if (request.role === 'client') {
      const call = request.known;
      if (!(call instanceof Call)) return;
      call.answeredUs = event.timeUs;
      if (this.#forwards.isOfProxy(request)) this.#returns.reads(call, event);
      if (this.#sockets.find(request.socket)?.isCommon) return;
      // The program goes on with the whole answer; where several come at once, in the order in which they end.
      if (!(call.isQueued && unit.tellsIds)) unit.goesOn(call, this.#events, this.#answers);
    } else {
      const work = request.known;
      if (!(work instanceof Work)) return;
      work.isSentByAnyone = this.#sockets.find(request.socket)?.isCommon === true;
      const beganBefore = work.isQueued && request.exchange.responseStartUs < event.timeUs;
      if (this.#forwards.isOfProxy(request)) this.#returns.passesBack(request, work, event)?.link(work, 'forwarded');
      else if (!beganBefore) unit.answers(work);
    }
  }

  completes(request: ProcessRequest): void {
    const socket = this.#sockets.find(request.socket);
    const { known } = request;
    request.known = undefined;
    if (known instanceof Call) this.#callCompletes(request, known, socket);
    if (known instanceof Work) this.#workCompletes(request, known, socket);
  }

  #callCompletes(request: ProcessRequest, call: Call, socket: SocketState | undefined): void {
    if (socket && call.isQueued && this.#reader?.tellsIds) this.#isRead(call, socket, this.#reader);
    call.answerNumber = ++this.#answers;
    // What was never asked anything acts for nobody.
    if (!this.#servers.has(request.pid)) call.giveUp();
    if (socket) isAnswered(socket, call);
    if (socket?.messages && acknowledges(request.exchange)) this.#acknowledged(request, socket.messages);
  }

  #workCompletes(request: ProcessRequest, work: Work, socket: SocketState | undefined): void {
    this.#forwards.answered(work);
    if (work.requestId !== '') this.#forget(work);
    if (socket && request.exchange.is_one_way && isPushed(request.exchange)) {
      socket.messages ??= new Messages();
      socket.messages.came(request.exchange, work);
    } else this.#guesses.add(work.answered());
    this.#count(request.pid, -1);
    if (socket) remove(socket.works, work);
  }

  /** The loop has read the end of an answer on a session of HTTP/2. */
  #isRead(call: Call, { session }: SocketState, loop: Unit): void {
    if (session) session.ends(call);
    else loop.goesOn(call, this.#events, this.#answers);
  }

  /** Who acknowledges a message has done all since for that. */
  #acknowledged(request: ProcessRequest, messages: Messages): void {
    const message = messages.acknowledged(request.exchange);
    if (message === undefined) return;
    this.#writers.get(request)?.acknowledges(message);
    this.#guesses.add(message.answered());
  }

  tick(nowUs: number): void {
    this.#units.tick(nowUs);
    this.#guesses.tick();
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

  /** Work passes between tasks, or between the streams of a session. */
  #handsOver(event: SyscallEvent): void {
    const isTaken = event.kind === SyscallKind.take;
    const loop = event.object === 0 ? undefined : this.#acting(event);
    if (!(loop instanceof NodeLoop)) this.#handOffs[isTaken ? 'takes' : 'gives'](event);
    else if (isTaken) this.#nodeSessions.takes(event, loop, this.#events);
    else this.#nodeSessions.makes(event, loop);
  }

  /** More of a message gives the turn to whom it belongs; where several are under way, their parser tells. */
  #read(event: SyscallEvent): void {
    const unit = this.#acting(event);
    unit.reads();
    this.#reader = unit;
    const socket = this.#sockets.find(event.socket);
    if (socket) uses(socket, unit);
    if (socket?.isCommon) return; // it is not known whom it helps on
    if (socket?.session) {
      socket.session.reads(event.turn);
      unit.readOther(); // whose callbacks run is told
    } else if (socket?.calls.length === 1) unit.goesOn(socket.calls[0], this.#events, this.#answers);
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
    if (this.#servers.size >= MAX_SERVERS) this.#servers.delete(this.#servers.keys().next().value!);
    this.#servers.add(event.pid);
    return work;
  }

  /** What is written may be a request. */
  #write(event: SyscallEvent): void {
    const unit = this.#acting(event);
    const known = this.#sockets.find(event.socket);
    if (known) uses(known, unit);
    if (event.role !== 'client') return;
    const socket = known ?? this.#sockets.of(event.socket);
    if (socket.calls.length === 0) socket.first ??= { work: unit.isBusy ? unit.work : undefined, rule: unit.rule };
  }

  #connect(event: SyscallEvent): void {
    const unit = this.#acting(event);
    if (event.socket === 0) return;
    // A socket is made before it is known where to: of several at once the connecting tells.
    if (event.kind !== SyscallKind.connect) return;
    unit.connects(this.#sockets.of(event.socket), event.remotePort);
    this.#forwards.connects(event);
  }

  #exit(event: SyscallEvent): void {
    this.#units.ended(event);
    this.#java.ended(event);
    if (event.otherTid !== 0) return; // others of its process go on
    this.#forwards.ended(event.pid);
    this.#returns.ended(event.pid);
    this.#servers.delete(event.pid);
  }

  #clone(event: SyscallEvent): void {
    const unit = this.#units.of(event);
    if (event.goid === 0 && unit.isBusy) {
      this.#units.thread(event.otherTid, event.timeUs).turnTo(unit.work, 'thread_start');
    }
  }
}

/** Names its X-Request-ID among those of all processes; '' without. */
function requestIdOf({ pid, exchange: { x_request_id: id } }: ProcessRequest): string {
  return id === '' ? '' : `${pid} ${id}`;
}
