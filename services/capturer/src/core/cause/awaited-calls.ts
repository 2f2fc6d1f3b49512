import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import type { JavaTasks } from './java-tasks.ts';
import { type Place, placesIn, Reached, resultOf } from './reached.ts';
import type { ReachedWork } from './reached-work.ts';
import { isRead, type Rule } from './rules.ts';
import type { SocketState, Sockets } from './sockets.ts';
import type { Unit } from './unit.ts';
import type { Units } from './units.ts';
import type { Work } from './work.ts';

/** Who waits for what a client's own threads do on a connection; neither: that could not be told. */
export interface Awaiting {
  /** Who sleeps until the answer is there. */
  readonly unit?: Unit;
  /** It waits, and it is not known for what: only who waits for that one in turn tells. */
  readonly idle?: Unit;
  /** For which request the answer is in the end, and how that is known. */
  readonly work?: Work;
  readonly rule?: Rule;
  /** Threads of java.net.http write there for each other. */
  readonly isOfClient?: boolean;
  /** The unit writes what it has just made: it is for what that is at. */
  readonly isOwn?: boolean;
  /** The one that they write, if it is of a session. */
  readonly stream?: number | undefined;
  /** The call that was made then. */
  call?: Call;
}

/** `lengthBytes` has this where who waits for that one was looked for, who may have made no call: `BEHIND` of bpf/java-connection.h. */
const BEHIND = 256;

/** It has this where the connection is not one of java.net.http, whose threads tell nothing themselves: `OF_LIBRARY` of bpf/java-connection.h. */
const OF_LIBRARY = 512;

/** Which root of a walk that is: what is written, if that is known. */
const MESSAGE = 0;

/**
 * Calls that a client sends by threads of its own (java.net.http): whoever waits for a call is reached from the object of its connection,
 * when it is sent, or when its answer is read.
 */
export class AwaitedCalls {
  readonly #units: Units;
  readonly #sockets: Sockets;
  readonly #reached: ReachedWork;
  readonly #java: JavaTasks;

  constructor(units: Units, sockets: Sockets, reached: ReachedWork, java: JavaTasks) {
    this.#units = units;
    this.#sockets = sockets;
    this.#reached = reached;
    this.#java = java;
  }

  /** Somebody waits for what happens on that socket. */
  tells(event: SyscallEvent): void {
    const socket = this.#sockets.of(event.socket);
    const isWritten = (event.lengthBytes & ~(BEHIND | OF_LIBRARY)) === SyscallKind.write;
    const isBehind = (event.lengthBytes & BEHIND) !== 0;
    const isOfLibrary = (event.lengthBytes & OF_LIBRARY) !== 0;
    const stream = isOfLibrary || event.seq === 0 ? undefined : event.seq;
    if (socket.isOfClient && !isOfLibrary && !stream) return;
    const places = placesIn(event);
    const isNew = isWritten && (isOfLibrary || stream);
    const call = isNew ? undefined : callOf(socket, stream);
    if (stream && !isWritten && !call) return;
    const waiting = (call ? call.maker : (socket.awaiting?.unit ?? socket.awaiting?.idle)) as Unit | undefined;
    const awaiting: Awaiting = isBehind
      ? (this.#reached.of(event, places, waiting) ?? {})
      : isOfLibrary
        ? this.#ofLibrary(event, places, isWritten, socket.calls.length)
        : { ...this.#ofClient(event, places, isWritten && !stream), isOfClient: true, stream };
    if (call) isAwaited(call, awaiting);
    else if (isWritten && !isBehind) socket.awaiting = awaiting;
    else if (isWritten && (waiting || socket.awaiting?.isOfClient))
      socket.awaiting = { ...socket.awaiting, ...awaiting };
    if (isBehind) {
      const result = resultOf(places)?.value;
      if (waiting && result !== undefined) this.#isGiven(event, result, awaiting, waiting, socket);
    } else if (isWritten || !isOfLibrary) {
      const made = places.filter(({ what, root }) => what === Reached.made && (root === MESSAGE || !isOfLibrary));
      if (made.length > 0 && !(isOfLibrary && made.length > 1)) this.#isMade(event, made[0].value, awaiting, socket);
    }
  }

  /** Who waits for the call was given a task, for whose result nobody waits yet: who gave it has made that. */
  #isGiven(event: SyscallEvent, result: number, { work }: Awaiting, waiting: Unit, socket: SocketState): void {
    if (waiting.isLoop || (waiting.isBusy && isRead(waiting.rule))) return;
    if (work) {
      this.#java.madeFor(event, work, result);
      return;
    }
    if (socket.awaiting?.idle === waiting) socket.awaiting = { ...socket.awaiting, unit: waiting };
    const task = waiting.isAt(result);
    this.#java.seek(event, result, (found) => {
      waiting.isGiven(task, found);
      const { awaiting } = socket;
      if (awaiting?.unit === waiting && !awaiting.work) socket.awaiting = { ...awaiting, work: found, rule: 'object' };
    });
  }

  /** Nobody waits yet, but who asks has made what is asked. */
  #isMade(event: SyscallEvent, made: number, awaiting: Awaiting, socket: SocketState): void {
    const work = awaiting.work ?? (awaiting.unit && ownWork(awaiting.unit));
    const isUnknown = awaiting.unit === undefined && socket.awaiting === awaiting;
    const isOwn = !work && isUnknown && this.#java.hasJustMade(event, made);
    if (isOwn && awaiting.isOfClient) socket.awaiting = { ...awaiting, unit: this.#units.of(event), isOwn };
    else if (isOwn)
      return; // whose turn it is in a loop tells
    else if (work) this.#java.madeFor(event, work, made);
    else if (isUnknown)
      this.#java.seek(event, made, (work) => {
        const known: Awaiting = { ...awaiting, work, rule: 'object' };
        if (awaiting.call) isAwaited(awaiting.call, known);
        else if (socket.awaiting === awaiting) socket.awaiting = known;
      });
  }

  /**
   * Loops and others write and read for anybody. What is written is for whom its message leads to. The connection leads to whatever is
   * under way there: that counts where it is one call alone.
   */
  #ofLibrary(event: SyscallEvent, places: readonly Place[], isWritten: boolean, calls: number): Awaiting {
    const message = places.filter(({ root }) => root === MESSAGE);
    const ofMessage = this.#find(event, message, true);
    if (ofMessage.unit || ofMessage.work || calls !== (isWritten ? 0 : 1)) return ofMessage;
    return this.#find(event, places, true);
  }

  /** A virtual thread that has read a request writes for itself, before it waits, but on a session. */
  #ofClient(event: SyscallEvent, places: readonly Place[], isItsOwn: boolean): Awaiting {
    const found = this.#find(event, places);
    if (found.unit || found.work || !isItsOwn || event.goid === 0) return found;
    const unit = this.#units.find(event.pid, event.goid, true);
    return unit && ownWork(unit) ? { unit } : found;
  }

  /** The nearest one counts. `isOfLibrary`: threads that are at nothing do not wait, as far as they tell. */
  #find(event: SyscallEvent, places: readonly Place[], isOfLibrary = false): Awaiting {
    let idle: Unit | undefined;
    for (const { what, value } of places) {
      const unit = this.#unitAt(event, what, value, isOfLibrary);
      if (unit && !(isOfLibrary && (unit.isLoop || !unit.isBusy))) return { unit };
      if (unit && !unit.isLoop) idle ??= unit;
      const works = what === Reached.socket ? (this.#sockets.find(value)?.works ?? []) : [];
      if (works.length === 1 && !works[0].isAnswered) return { work: works[0], rule: 'reached_connection' };
    }
    return idle ? { idle } : {};
  }

  /** Whoever a library works for, and a virtual thread also where java.net.http does, may have done nothing else yet. */
  #unitAt(event: SyscallEvent, what: number, number: number, isOfLibrary: boolean): Unit | undefined {
    const isTask = what === Reached.task;
    if (isTask || (isOfLibrary && what === Reached.thread)) return this.#units.waiting(event, number, isTask);
    return what === Reached.thread ? this.#units.find(event.pid, number, false) : undefined;
  }
}

/** What it has read itself, and goes on with. */
const ownWork = (unit: Unit): Work | undefined =>
  unit.isBusy && isRead(unit.rule) && unit.isOnItsOwn ? unit.work : undefined;

/** It leads to whoever waits, or to the connection that will be answered: what was made beside tells less. */
const isBetter = ({ unit, work, rule }: Awaiting): boolean =>
  work ? rule !== 'object' : unit !== undefined && ownWork(unit) !== undefined;

/** What is asked there: on a session that stream; else the last one, as it may ask more before it reads the answer. */
const callOf = ({ calls }: SocketState, stream: number | undefined): Call | undefined =>
  stream ? calls.find(({ request }) => request.exchange.id === stream) : calls.at(-1);

/** The call was sent, and its answer is read, by others than who waits for it. */
export function isAwaited(call: Call, awaiting: Awaiting): void {
  const { unit, work, rule, isOwn } = awaiting;
  if (unit === undefined && work === undefined) return;
  if (call.isAwaited && call.work && !(call.rule === 'object' && isBetter(awaiting))) return;
  call.isAwaited = true;
  call.reader = call.maker = unit;
  call.unlink();
  if (unit && isOwn) unit.makes(call);
  else if (unit && isRead(unit.rule)) unit.makes(call, 'waiting_thread');
  else unit?.remember(call); // it may have begun with another task since it was heard of last
  if (call.work === undefined && work && call.startUs >= work.startUs) call.link(work, rule!);
}
