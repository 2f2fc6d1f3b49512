import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import { placesIn, Reached } from './reached.ts';
import type { ReachedWork } from './reached-work.ts';
import { isRead, type Rule } from './rules.ts';
import type { Sockets } from './sockets.ts';
import type { Unit } from './unit.ts';
import type { Units } from './units.ts';
import type { Work } from './work.ts';

/** Who waits for what a client's own threads do on a connection; neither: that could not be told. */
export interface Awaiting {
  /** Who sleeps until the answer is there. */
  readonly unit?: Unit;
  /** For which request the answer is in the end, and how that is known. */
  readonly work?: Work;
  readonly rule?: Rule;
}

/** `lengthBytes` has this where who waits for that one was looked for, who may have made no call: `BEHIND` of bpf/java-connection.h. */
const BEHIND = 256;

/**
 * Calls that a client sends by threads of its own (java.net.http): whoever waits for a call is reached from the object of its connection,
 * when it is sent, or when its answer is read.
 */
export class AwaitedCalls {
  readonly #units: Units;
  readonly #sockets: Sockets;
  readonly #reached: ReachedWork;

  constructor(units: Units, sockets: Sockets, reached: ReachedWork) {
    this.#units = units;
    this.#sockets = sockets;
    this.#reached = reached;
  }

  /** Somebody waits for what happens on that socket. */
  tells(event: SyscallEvent): void {
    const socket = this.#sockets.of(event.socket);
    const isBehind = (event.lengthBytes & BEHIND) !== 0;
    const call = socket.calls.at(-1);
    const waiting = call ? call.maker : socket.awaiting?.unit;
    const awaiting = isBehind ? (this.#reached.of(event, waiting as Unit | undefined) ?? {}) : this.#find(event);
    if (call) isAwaited(call, awaiting);
    else if ((event.lengthBytes & ~BEHIND) === SyscallKind.write)
      socket.awaiting = isBehind ? { ...socket.awaiting, ...awaiting } : awaiting;
  }

  #find(event: SyscallEvent): Awaiting {
    for (const { what, value } of placesIn(event)) {
      const isTask = what === Reached.task;
      const unit = isTask || what === Reached.thread ? this.#units.find(event.pid, value, isTask) : undefined;
      if (unit) return { unit };
      const works = what === Reached.socket ? (this.#sockets.find(value)?.works ?? []) : [];
      if (works.length === 1 && !works[0].isAnswered) return { work: works[0], rule: 'reached_connection' };
    }
    return {};
  }
}

/** The call was sent, and its answer is read, by others than who waits for it. */
export function isAwaited(call: Call, { unit, work, rule }: Awaiting): void {
  if ((call.isAwaited && call.work) || (unit === undefined && work === undefined)) return;
  call.isAwaited = true;
  call.reader = call.maker = unit;
  call.unlink();
  if (unit && isRead(unit.rule)) unit.makes(call, 'waiting_thread');
  else unit?.remember(call); // it may have begun with another task since it was heard of last
  if (call.work === undefined && work && call.startUs >= work.startUs) call.link(work, rule!);
}
