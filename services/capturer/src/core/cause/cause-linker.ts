import { isPushed } from '@flowloom/records';
import type { CauseLinker, ProcessRequest } from '../syscalls/process-request.ts';
import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import { isAwaited } from './awaited-calls.ts';
import { Call, isOfSession } from './call.ts';
import { Guesses } from './guesses.ts';
import { acknowledges, Messages } from './messages.ts';
import type { AskAddresses } from './native-tasks.ts';
import { Pools } from './pools.ts';
import type { AskQueues } from './queue-watch.ts';
import { remove } from './remove.ts';
import { RequestIds } from './request-ids.ts';
import { isTask } from './rules.ts';
import { SessionWrites } from './session-writes.ts';
import { asks, isAnswered, madeBy, type SocketState } from './sockets.ts';
import { SystemCalls } from './system-calls.ts';
import { Task } from './task.ts';
import { type Done, Unit } from './unit.ts';
import { Work } from './work.ts';

/** So many requests at most a driver sends on a new connection before those for which it was made. */
const GREETINGS = 8;

/**
 * Follows what every thread and task works on: what it read last has the turn. A call belongs to the work that has the
 * turn; where none is known, it waits for what its maker does next, and the answer of a request tells for whom all of that
 * was. No guess breaks these: a call is answered before its cause is, what is answered causes nothing, and a call has one
 * cause. What stays ambiguous has no parent.
 */
export class ObservedCauses implements CauseLinker {
  readonly #seen: SystemCalls;
  readonly #requestIds = new RequestIds();
  readonly #pools = new Pools();
  readonly #guesses = new Guesses();
  /** Who writes a one-way request: what it is is known at its end. */
  readonly #writers = new WeakMap<ProcessRequest, Unit | Done>();

  /**
   * @param mayProbe whether programs can be probed
   * @param askAddresses has threads of a process tell what they hold, or no more
   * @param askQueues has a process tell what its queues pass on, or no more
   */
  constructor(mayProbe = true, askAddresses: AskAddresses = () => {}, askQueues: AskQueues = () => {}) {
    this.#seen = new SystemCalls(askAddresses, askQueues);
    if (!mayProbe) this.#seen.units.withoutProbes();
  }

  event(event: SyscallEvent): void {
    this.#seen.event(event);
  }

  requestStarts(request: ProcessRequest, event: SyscallEvent): void {
    const { units, sockets, forwards } = this.#seen;
    const unit = units.of(event);
    const socket = sockets.of(request.socket);
    const isPassedOn = forwards.starts(request, event);
    if (request.role === 'server') this.#isAsked(request, event, unit, socket);
    else this.#asks(request, event, unit, socket, isPassedOn);
  }

  #isAsked(request: ProcessRequest, event: SyscallEvent, unit: Unit, socket: SocketState): void {
    let work = socket.works.find((one) => one.request === null);
    if (work === undefined) {
      work = this.#seen.begin(socket, event);
      if (!request.exchange.is_one_way && !socket.session) unit.takesUp(work, this.#seen.moment.event); // else nobody answers it, or it is told
    }
    work.request = request;
    request.known = work;
    this.#seen.servers.asked(request.pid, work);
    this.#seen.queues.asked(request, work);
    this.#seen.serves(event);
  }

  #asks(request: ProcessRequest, event: SyscallEvent, unit: Unit, socket: SocketState, isPassedOn: boolean): void {
    socket.asks = true;
    const maker = socket.makers.shift() ?? unit.writesFor();
    if (socket.awaiting?.isOfClient && isOfSession(request)) socket.isOfClient = true;
    if (socket.isOfClient && socket.awaiting?.stream !== request.exchange.id) socket.awaiting = undefined;
    const { first, isNew, awaiting: told } = socket;
    const awaiting = told && (told.isOfClient || told.unit || told.work) ? told : undefined; // else who writes may tell
    socket.first = socket.awaiting = undefined;
    const basis = awaiting ? undefined : isNew ? socket.basis : maker.basis;
    if (unit.isTask) this.#seen.units.carries(event);
    const call = new Call(request, event.timeUs, event.remotePort, basis, this.#seen.servers.hasOne(event.pid));
    request.known = call;
    call.maker = maker;
    if (unit.isLoop && socket.pool === undefined && socket.calls.length === 0) {
      socket.pool = this.#pools.of(event);
      socket.pool.grows();
    }
    const before = socket.calls.at(-1);
    if (before?.isAwaited && !call.isQueued && before.startUs === call.startUs) before.unlink(); // one write has both: for which of them is not known
    asks(socket, call);
    call.isPipelined = socket.pool?.isShared === true;
    if (socket.pool?.mayHandOn(call, unit.message)) call.pool = socket.pool;
    call.ids.connected = socket.youngestId;
    call.isGreeting = unit.isLoop && socket.requests++ < GREETINGS;
    if (request.exchange.is_one_way) this.#writers.set(request, unit.handedBy ?? unit);
    if (socket.isOfClient && !awaiting) call.isOfAnyone();
    if (told) told.call = call;
    if (awaiting) isAwaited(call, awaiting);
    else if (maker === unit && first !== undefined && event.kind === SyscallKind.read) {
      if (first.work?.isAnswered === false) call.link(first.work, first.rule);
    } else if (!isPassedOn && !call.isAnyones && socket.givers === undefined && !(socket.session && call.isQueued))
      maker.makes(call, maker === unit ? maker.rule : 'task_handoff', isNew);
    // Whoever writes the first request on a connection, it was made for that request; but a pool gives it to any task, and a
    // session of several streams to who comes first.
    const isAnyones =
      call.isAnyones || isTask(call.rule) || unit.tellsWakes || (unit.tellsIds && call.isQueued && !call.isOnly);
    const isOwners = !awaiting && socket.owner?.isAnswered === false && maker === unit && !isAnyones && !isPassedOn;
    if (isOwners && call.work !== socket.owner) call.link(socket.owner!, 'socket_creation');
    this.#seen.native.asks(call, event, unit);
    this.#seen.watch.calls(event.pid, call);
    socket.owner = undefined;
    madeBy(socket, undefined);
    socket.isNew = false;
    call.isOfWriter =
      call.isQueued && maker === unit && !unit.isLoop && !unit.tellsWakes && socket.givers === undefined;
  }

  /** A task or thread has written it on a session. gRPC's C core, which is threads, has other ways to tell for whom. */
  #isOfSession(call: Call): void {
    const { maker, request } = call;
    if (!(maker instanceof Unit) || (!maker.isTask && request.exchange.protocol !== 'http2')) return;
    const socket = this.#seen.sockets.of(request.socket);
    socket.writes ??= new SessionWrites();
    if (!socket.writes.isOwn(call, this.#seen.moment.event)) call.isOfAnyone();
  }

  /** Who has encoded it has made it, whoever has written it. */
  #isEncoded(call: Call): boolean {
    const maker = this.#seen.encoded.makerOf(call);
    if (maker === undefined) return false;
    this.#seen.watch.isOfUse(call.request.pid);
    call.isTold = true;
    if (maker === call.maker) return true;
    if (call.maker instanceof Unit) call.maker.forget(call);
    call.unlink();
    call.maker = maker;
    maker.makes(call, 'task_handoff');
    return true;
  }

  headKnown(request: ProcessRequest): void {
    const { known } = request;
    if (known instanceof Work) this.#isKnown(request, known);
    if (known instanceof Call) this.#callIsKnown(request, known);
  }

  #isKnown(request: ProcessRequest, work: Work): void {
    const { forwards, relays } = this.#seen;
    forwards.asked(request, work);
    if (!forwards.isOfProxy(request)) relays.asked(request, work);
    this.#requestIds.asked(request, work);
  }

  #callIsKnown(request: ProcessRequest, call: Call): void {
    const { handOffs, nodeSessions, forwards, relays } = this.#seen;
    if (call.isOfWriter && !this.#isEncoded(call)) this.#isOfSession(call);
    handOffs.isKnown(call);
    nodeSessions.isKnown(call);
    const passedOn = forwards.passedOn(call);
    if (!forwards.isOfProxy(request)) relays.calls(call);
    const cause = this.#requestIds.causeOf(request);
    if (cause) call.link(cause, 'request_id');
    else if (passedOn) call.link(passedOn, 'forwarded');
  }

  responseStarts(request: ProcessRequest, event: SyscallEvent): void {
    const { moment, units, sockets, forwards, returns, native } = this.#seen;
    const unit = units.of(event);
    if (request.role === 'client') {
      const call = request.known;
      if (!(call instanceof Call)) return;
      call.answeredUs = event.timeUs;
      call.start?.isAnswered(call.port);
      if (forwards.isOfProxy(request)) returns.reads(call, event);
      if (sockets.find(request.socket)?.isCommon || call.isAwaited || call.isReadFor(unit)) return;
      // The program goes on with the whole answer; where several come at once, in the order in which they end.
      if (!(call.isQueued && unit.tellsIds)) unit.goesOn(call, moment.event, moment.answers);
    } else {
      const work = request.known;
      if (!(work instanceof Work)) return;
      work.isSentByAnyone = sockets.find(request.socket)?.isCommon === true;
      const beganBefore = work.isQueued && request.exchange.responseStartUs < event.timeUs;
      if (forwards.isOfProxy(request)) returns.passesBack(request, work, event)?.link(work, 'forwarded');
      else if (!beganBefore && !work.isAnswerTold) unit.answers(work);
      native.answers(work, event);
    }
  }

  completes(request: ProcessRequest): void {
    const socket = this.#seen.sockets.find(request.socket);
    const { known } = request;
    request.known = undefined;
    if (known instanceof Call) this.#callCompletes(request, known, socket);
    if (known instanceof Work) this.#workCompletes(request, known, socket);
  }

  #callCompletes(request: ProcessRequest, call: Call, socket: SocketState | undefined): void {
    const { moment, servers } = this.#seen;
    if (socket && call.isQueued && moment.reader?.tellsIds) this.#isRead(call, socket, moment.reader);
    call.answerNumber = ++moment.answers;
    // What was never asked anything acts for nobody.
    if (!servers.has(request.pid)) call.giveUp();
    if (socket) isAnswered(socket, call);
    if (socket?.isShared && !call.isQueued && moment.reader instanceof Task)
      moment.reader.readsFor(call, moment.event, socket.calls.length === 0);
    if (socket?.messages && acknowledges(request.exchange)) this.#acknowledged(request, socket.messages);
  }

  #workCompletes(request: ProcessRequest, work: Work, socket: SocketState | undefined): void {
    this.#seen.forwards.answered(work);
    this.#seen.relays.answered(work);
    this.#requestIds.answered(work);
    if (socket && request.exchange.is_one_way && isPushed(request.exchange)) {
      socket.messages ??= new Messages();
      socket.messages.came(request.exchange, work);
      this.#seen.moment.reader?.isPushed(work, this.#seen.moment.timeUs);
    } else this.#guesses.add(work.answered());
    this.#seen.servers.answered(request.pid, work);
    this.#seen.watch.answered(request.pid);
    if (socket) remove(socket.works, work);
  }

  /** The loop has read the end of an answer on a session of HTTP/2. */
  #isRead(call: Call, { session }: SocketState, loop: Unit): void {
    if (session) session.ends(call);
    else loop.goesOn(call, this.#seen.moment.event, this.#seen.moment.answers);
  }

  /** Who acknowledges a message has done all since for that. */
  #acknowledged(request: ProcessRequest, messages: Messages): void {
    const message = messages.acknowledged(request.exchange);
    if (message === undefined) return;
    const writer = this.#writers.get(request);
    if (writer instanceof Unit) writer.acknowledges(message);
    else writer?.unit.hasDone(message, writer.calls);
    this.#guesses.add(message.answered());
  }

  tick(nowUs: number): void {
    this.#seen.units.tick(nowUs);
    this.#guesses.tick();
    this.#seen.native.tick(nowUs);
  }
}
