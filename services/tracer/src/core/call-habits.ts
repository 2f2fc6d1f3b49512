import { Delays } from './delays.ts';

/** Fewer examples say nothing. */
const MIN_EXAMPLES = 20;
/** Most services and callees, and most parents, that are known; then the older half is forgotten. */
const MAX_CALLEES = 10_000;
const MAX_PARENTS = 50_000;

/** No such call was ever seen of this kind of parent, though others make it often. */
const NEVER_SEEN = -14;
/** Parents of this kind make the call once, and this one has made it. */
const ALREADY_MADE = -30;

/** Of one kind of parent: when in its time it makes a call. */
class Habit {
  /** From the parent's begin to the call's, and from the call's end to the parent's. */
  readonly before = new Delays();
  readonly after = new Delays();
  /** Most calls that one parent has made. */
  mostPerParent = 0;
}

/** Who makes a call to one callee, and how often each kind of parent does. */
class Callee {
  readonly habits = new Map<string, Habit>();
  calls = 0;
}

/** When a call lies in the time of a parent, in microseconds. */
export interface Gap {
  readonly beforeUs: number;
  readonly afterUs: number;
}

/** A parent and a kind of call that it makes. */
export interface Pairing {
  /** Names the parent. */
  readonly parent: string;
  /** What it is asked, and by whom. */
  readonly parentKind: string;
  /** Who calls, and what. */
  readonly callee: string;
}

/**
 * What services do while they answer: which kinds of requests make them call whom, how often, how soon after they began
 * and how long before they are done. Learnt from calls whose parent is known.
 */
export class CallHabits {
  readonly #callees = new Recent<Callee>(MAX_CALLEES);
  /** How often a parent has made a call. */
  readonly #made = new Recent<number>(MAX_PARENTS);

  learn({ parent, parentKind, callee }: Pairing, { beforeUs, afterUs }: Gap): void {
    const known = this.#callees.get(callee) ?? new Callee();
    const habit = known.habits.get(parentKind) ?? new Habit();
    const name = `${parent} ${callee}`;
    const made = (this.#made.get(name) ?? 0) + 1;
    this.#made.set(name, made);
    known.calls++;
    habit.mostPerParent = Math.max(habit.mostPerParent, made);
    habit.before.add(beforeUs);
    habit.after.add(afterUs);
    if (known.habits.size < MAX_CALLEES) known.habits.set(parentKind, habit);
    this.#callees.set(callee, known);
  }

  /** Logarithm of how likely this parent makes this call just then; NaN where too little is known to say. */
  logLikelihood({ parent, parentKind, callee }: Pairing, { beforeUs, afterUs }: Gap): number {
    const known = this.#callees.get(callee);
    if (known === undefined) return Number.NaN;
    const habit = known.habits.get(parentKind);
    if (habit === undefined) return known.calls >= MIN_EXAMPLES ? NEVER_SEEN : Number.NaN;
    const examples = habit.before.total;
    if (examples < MIN_EXAMPLES) return Number.NaN;
    if (habit.mostPerParent === 1 && this.#made.get(`${parent} ${callee}`)) return ALREADY_MADE;
    const share = Math.log(examples / known.calls);
    return share + habit.before.logLikelihood(beforeUs) + habit.after.logLikelihood(afterUs);
  }
}

/** A Map of two halves: what was not used since the younger was filled goes with the older. */
class Recent<V> {
  readonly #most: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: V): void {
    if (2 * this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
