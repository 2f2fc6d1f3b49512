import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import { AwaitedCalls } from './awaited-calls.ts';
import { Call } from './call.ts';
import { EncodedPaths } from './encoded-paths.ts';
import { Forwards } from './forwards.ts';
import { HandOffs } from './hand-offs.ts';
import { JavaTasks } from './java-tasks.ts';
import { Moment } from './moment.ts';
import { type AskAddresses, NativeTasks } from './native-tasks.ts';
import { NodeLoop } from './node-loop.ts';
import { NodeSessions } from './node-sessions.ts';
import { type AskQueues, QueueWatch } from './queue-watch.ts';
import { Queues } from './queues.ts';
import { ReachedWork } from './reached-work.ts';
import { Relays } from './relays.ts';
import { Returns } from './returns.ts';
import { Servers } from './servers.ts';
import { type SocketState, Sockets, uses } from './sockets.ts';
import { Task } from './task.ts';
import { Thread } from './thread.ts';
import type { Unit } from './unit.ts';
import { Units } from './units.ts';
import { Wakes } from './wakes.ts';
import { Work } from './work.ts';

/** Follows what threads and tasks do, system call by system call: what requests these carry is told by parsers. */
export class SystemCalls {
  readonly moment = new Moment();
  readonly servers = new Servers();
  readonly units = new Units(this.servers);
  readonly sockets = new Sockets();
  readonly handOffs = new HandOffs(this.units, this.sockets);
  readonly encoded = new EncodedPaths();
  readonly nodeSessions = new NodeSessions(this.sockets);
  readonly forwards = new Forwards();
  readonly relays = new Relays();
  readonly returns = new Returns();
  readonly watch: QueueWatch;
  readonly queues: Queues;
  readonly #wakes = new Wakes(this.units);
  readonly native: NativeTasks;
  readonly #java = new JavaTasks();
  readonly #reached = new ReachedWork(this.units, this.sockets, this.#java);
  readonly #awaited = new AwaitedCalls(this.units, this.sockets, this.#reached, this.#java);

  constructor(askAddresses: AskAddresses, askQueues: AskQueues) {
    this.watch = new QueueWatch(this.servers, askQueues);
    this.queues = new Queues(this.servers, this.watch);
    this.native = new NativeTasks(askAddresses);
  }

  event(event: SyscallEvent): void {
    this.moment.next(event);
    const { kind } = event;
    if (event.bufferTop > 0) this.#java.acts(event, this.units.of(event));
    if (kind === SyscallKind.read) this.#read(event);
    else if (kind === SyscallKind.write) this.#write(event);
    else if (kind === SyscallKind.wake) this.#wakes.wake(event);
    else if (kind === SyscallKind.socket || kind === SyscallKind.connect) this.#connect(event);
    else if (kind === SyscallKind.accept) this.#accepts(event);
    else if (kind === SyscallKind.running || kind === SyscallKind.moved) this.#acting(event);
    else if (kind === SyscallKind.timers) this.#acting(event).timers();
    else if (kind === SyscallKind.close) this.#close(event.socket);
    else if (kind === SyscallKind.clone) this.#clone(event);
    else if (kind === SyscallKind.handoff || kind === SyscallKind.take) this.#handsOver(event);
    else if (kind === SyscallKind.task) this.units.starts(event);
    else if (kind === SyscallKind.put) this.#puts(event);
    else if (kind === SyscallKind.get) this.queues.get(event, this.units.of(event));
    else if (kind === SyscallKind.path) this.encoded.encodes(event, this.units.of(event));
    else if (kind === SyscallKind.hold) this.#java.holds(event, this.units.of(event), this.servers.hasOne(event.pid));
    else if (kind === SyscallKind.reach) this.#reached.tells(event, this.units.of(event));
    else if (kind === SyscallKind.awaited) this.#awaited.tells(event);
    else if (kind === SyscallKind.addresses) this.native.holds(event);
    else if (kind === SyscallKind.wakeTask || kind === SyscallKind.makeTask) this.#actsOnTask(event);
    else if (kind === SyscallKind.exec) this.units.begins(event.pid);
    else if (kind === SyscallKind.exit) this.#exit(event);
  }

  /** What was read may be a request, though its parser is not sure yet. */
  begin(socket: SocketState, event: SyscallEvent): Work {
    const work = new Work(event.timeUs);
    socket.works.push(work);
    this.servers.reads(event.pid);
    return work;
  }

  #puts(event: SyscallEvent): void {
    const giver = this.units.of(event);
    const read = giver instanceof Task ? this.units.find(event.pid, event.tid, false)?.message : undefined;
    this.queues.put(event, giver, read instanceof Call && this.#readsFor(giver as Task, read));
  }

  /**
   * The loop (uvloop) has read that answer, and then runs who reads for the connection: that was made with it by who first asked there,
   * or before anybody looked.
   */
  #readsFor(task: Task, call: Call): boolean {
    const socket = this.sockets.find(call.request.socket);
    if (socket && (task.isMadeBy(call.maker) || (task.madeUs === 0 && task.made === 0))) socket.reader ??= task;
    return socket?.reader === task;
  }

  #acting(event: SyscallEvent): Unit {
    const unit = this.units.of(event);
    unit.at(event, this.moment.event);
    return unit;
  }

  #accepts(event: SyscallEvent): void {
    this.#acting(event).readOther();
    this.serves(event);
  }

  /** The process serves others: it may be asked to tell more. */
  serves(event: SyscallEvent): void {
    this.native.serves(event);
    this.watch.serves(event.pid);
  }

  #actsOnTask({ kind, pid, goid, object, timeUs }: SyscallEvent): void {
    const [task, other] = [goid, object].map((id) => this.units.wokenTask(pid, id, timeUs));
    task.seenUs = other.seenUs = timeUs;
    if (kind === SyscallKind.makeTask) task.makesTask(other);
    else task.wakes(other);
  }

  /** Work passes between tasks, or between the streams of a session. */
  #handsOver(event: SyscallEvent): void {
    const isTaken = event.kind === SyscallKind.take;
    const loop = event.object === 0 ? undefined : this.#acting(event);
    if (!(loop instanceof NodeLoop)) this.handOffs[isTaken ? 'takes' : 'gives'](event);
    else if (isTaken) this.nodeSessions.takes(event, loop, this.moment.event);
    else this.nodeSessions.makes(event, loop);
  }

  /** More of a message gives the turn to whom it belongs; where several are under way, their parser tells. */
  #read(event: SyscallEvent): void {
    const unit = this.#acting(event);
    unit.handedBy = undefined;
    unit.reads(event.socket);
    this.moment.reader = unit;
    const socket = this.sockets.find(event.socket);
    if (socket) uses(socket, unit);
    if (socket?.isCommon) return; // it is not known whom it helps on
    if (socket?.session) {
      socket.session.reads(event.turn);
      unit.readOther(); // whose callbacks run is told
    } else if (socket?.calls[0]?.isAwaited) unit.readOther();
    else if (socket?.calls[0]?.isReadFor(unit))
      return; // it goes on with its own
    else if (socket?.calls.length === 1) unit.goesOn(socket.calls[0], this.moment.event, this.moment.answers);
    else if (socket?.works.length === 1 && socket.works[0].request !== null) unit.turnTo(socket.works[0]);
    else if (socket?.works.length === 1) unit.takesUp(socket.works[0], this.moment.event);
    else if (event.role === 'server' && event.lengthBytes > 0 && !socket?.works.length && !socket?.asks) {
      unit.takesUp(this.begin(this.sockets.of(event.socket), event), this.moment.event);
    } else unit.readOther();
  }

  /** What was no request after all has no answer. */
  #close(socket: number): void {
    for (const work of this.sockets.find(socket)?.works ?? []) if (work.request === null) work.answered();
    this.sockets.close(socket);
  }

  /** What is written may be a request. */
  #write(event: SyscallEvent): void {
    const unit = this.#acting(event);
    const known = this.sockets.find(event.socket);
    if (known) uses(known, unit);
    if (event.role !== 'client') return;
    const socket = known ?? this.sockets.of(event.socket);
    if (socket.calls.length === 0) socket.first ??= { work: unit.isBusy ? unit.work : undefined, rule: unit.rule };
  }

  #connect(event: SyscallEvent): void {
    const unit = this.#acting(event);
    if (event.socket === 0) return;
    // A socket is made before it is known where to: of several at once the connecting tells.
    if (event.kind !== SyscallKind.connect) return;
    unit.connects(this.sockets.of(event.socket), event.remotePort);
    this.forwards.connects(event);
  }

  #exit(event: SyscallEvent): void {
    this.units.ended(event);
    this.#java.ended(event);
    this.native.ended(event);
    if (event.otherTid !== 0) return; // others of its process go on
    this.forwards.ended(event.pid);
    this.encoded.ended(event.pid);
    this.queues.ended(event.pid);
    this.watch.ended(event.pid);
    this.relays.ended(event.pid);
    this.returns.ended(event.pid);
    this.servers.ended(event.pid);
  }

  #clone(event: SyscallEvent): void {
    const unit = this.units.of(event);
    const thread = this.units.thread(event.otherPid, event.otherTid, event.timeUs);
    thread.makerTid = event.tid;
    if (event.goid === 0 && unit instanceof Thread) thread.startedBy(unit);
  }
}
