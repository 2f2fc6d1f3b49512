import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { type Place, placesIn, Reached } from './reached.ts';
import { isReached, isWeak, type Rule } from './rules.ts';
import type { Sockets } from './sockets.ts';
import type { Unit } from './unit.ts';
import type { Units } from './units.ts';
import type { Work } from './work.ts';

/** Who has read that itself, and reads from others since, goes on with that. */
const own: ReadonlySet<Rule | ''> = new Set(['thread', 'loop_turn', 'task']);

/**
 * For whom a task of Java is done: objects lead from it to a thread that waits for its result, or to the connection that will get the
 * answer. Of what it
 * holds, the first thing counts that leads to one which is at a request (the task; behind it frames may have left what belongs to
 * others), and of several the nearest one; where two are as near and at different requests nothing is said.
 */
export class ReachedWork {
  readonly #units: Units;
  readonly #sockets: Sockets;

  constructor(units: Units, sockets: Sockets) {
    this.#units = units;
    this.#sockets = sockets;
  }

  /** Before it makes a call, or with its answer, the unit tells what can be reached. */
  tells(event: SyscallEvent, unit: Unit): void {
    if (unit.isLoop || (unit.isBusy && own.has(unit.rule))) return;
    const places = placesIn(event);
    const waiting = nearest(places, (place) => this.#waiting(place, event, unit));
    const found = waiting ?? nearest(places, (place) => this.#answered(place));
    if (found) unit.reaches(found, waiting ? 'waiting_thread' : 'reached_connection');
    else if (!unit.isTask && isReached(unit.rule)) unit.turnTo(undefined); // that was its task before
  }

  /** What the thread is at that waits there. */
  #waiting({ what, distance, value }: Place, { pid, tid }: SyscallEvent, itself: Unit): Work | undefined {
    if (distance === 0 || (what === Reached.thread ? value === tid : what !== Reached.task)) return undefined;
    const unit = this.#units.find(pid, value, what === Reached.task);
    return unit && unit !== itself && unit.isBusy && !isWeak(unit.rule) ? unit.work : undefined;
  }

  /** The request that is to be answered on that connection. */
  #answered({ what, value }: Place): Work | undefined {
    const works = what === Reached.socket ? this.#sockets.find(value)?.works : undefined;
    return works?.length === 1 && !works[0].isAnswered ? works[0] : undefined;
  }
}

function nearest(places: readonly Place[], workAt: (place: Place) => Work | undefined): Work | undefined {
  let found: { work: Work; root: number; distance: number } | undefined;
  for (const place of places) {
    if (found && (place.root !== found.root || place.distance > found.distance)) break;
    const work = workAt(place);
    if (work === undefined || work === found?.work) continue;
    if (found) return undefined;
    found = { work, root: place.root, distance: place.distance };
  }
  return found?.work;
}
