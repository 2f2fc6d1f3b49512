import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { JavaTasks } from './java-tasks.ts';
import { type Place, placesIn, Reached, resultOf } from './reached.ts';
import { isWeak, type Rule } from './rules.ts';
import type { Sockets } from './sockets.ts';
import type { Unit } from './unit.ts';
import type { Units } from './units.ts';
import type { Work } from './work.ts';

/** Who has read that itself, and reads from others since, goes on with that. */
const own: ReadonlySet<Rule | ''> = new Set(['thread', 'loop_turn', 'task']);

/**
 * For whom a task of Java is done: objects lead from it to a thread that waits for its result, or to the connection that will get the
 * answer. What the task's result leads to counts, the nearest one that is at a request; where two are as near and at different ones
 * nothing is said. Frames may have left what belongs to others: without a result all that is reached must be at the same request.
 */
export class ReachedWork {
  readonly #units: Units;
  readonly #sockets: Sockets;
  readonly #java: JavaTasks;

  constructor(units: Units, sockets: Sockets, java: JavaTasks) {
    this.#units = units;
    this.#sockets = sockets;
    this.#java = java;
  }

  /** Before it makes a call, or with its answer, the unit tells what can be reached; or as it wakes another thread: that may do something for the same. */
  tells(event: SyscallEvent, unit: Unit): void {
    const places = placesIn(event);
    const result = resultOf(places)?.value;
    if (event.socket === 0) {
      const found = result && this.of(event, places, unit);
      if (found) this.#java.comesTo(event, found.work);
      else if (result) {
        const { pid, collections, bufferTop } = event; // the event is another one by then
        const then = { pid, collections, bufferTop };
        this.#java.seek(event, result, (work) => this.#java.comesTo(then, work));
      }
      return;
    }
    if (unit.isLoop || (unit.isBusy && own.has(unit.rule))) return;
    const found = this.of(event, places, unit);
    const task = unit.isAt(result);
    if (found) {
      unit.reaches(found.work, found.rule);
      if (result) this.#java.madeFor(event, found.work, result);
    } else if (result) this.#java.seek(event, result, (work) => unit.isGiven(task, work));
  }

  /** For what that is done which led to the places of that event. */
  of(event: SyscallEvent, places: readonly Place[], itself?: Unit): { work: Work; rule: Rule } | undefined {
    const result = resultOf(places)?.root;
    const waiting = (place: Place) => this.#waiting(place, event, itself);
    const answered = (place: Place) => this.#answered(place);
    const ofResult = places.filter(({ root }) => root === result);
    // What a pool's thread holds in front of the result may be left by others; a virtual thread holds itself there.
    const rest = result === undefined || itself?.isTask || event.socket === 0 ? places.filter(isNoNode) : [];
    const work =
      nearest(ofResult, waiting) ??
      nearest(ofResult, answered) ??
      only(rest, (place) => waiting(place) ?? answered(place));
    const isWaiting = places.some((place) => waiting(place) === work);
    return work && { work, rule: isWaiting ? 'waiting_thread' : 'reached_connection' };
  }

  /** What the thread is at that waits there. */
  #waiting({ what, distance, value }: Place, { pid, tid }: SyscallEvent, itself: Unit | undefined): Work | undefined {
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

/** Not what a future that was done before has left, with whoever waited for that. */
const isNoNode = ({ what, distance }: Place): boolean => what !== Reached.thread || distance !== 1;

/** What the nearest ones are at, if that is the same. */
function nearest(places: readonly Place[], workAt: (place: Place) => Work | undefined): Work | undefined {
  const found = places.flatMap((place) => {
    const work = workAt(place);
    return work ? [{ work, distance: place.distance }] : [];
  });
  const least = Math.min(...found.map(({ distance }) => distance));
  return onlyOf(found.flatMap(({ work, distance }) => (distance === least ? [work] : [])));
}

/** What all are at, if that is the same. */
function only(places: readonly Place[], workAt: (place: Place) => Work | undefined): Work | undefined {
  return onlyOf(places.flatMap((place) => workAt(place) ?? []));
}

const onlyOf = (works: readonly Work[]): Work | undefined =>
  works.every((work) => work === works[0]) ? works[0] : undefined;
