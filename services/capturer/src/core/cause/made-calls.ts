import type { Call } from './call.ts';
import type { HeldAddresses } from './held-addresses.ts';
import { Tally } from './tally.ts';
import { TaskPlaces } from './task-places.ts';
import type { Thread } from './thread.ts';
import type { Work } from './work.ts';

/** Beyond, what is older is decided. */
const MAX_CALLS = 4096;
/** Of these so many at most, the last ones, are compared with what an answer's loop holds. */
const MOST_COMPARED = 512;
/** Rows are held for so long: what was called before has been told. */
const LONGEST_US = 2e6;
/** For so long after its answer, another request may turn out to have the same task. */
const OPEN_US = 500_000;
/** The loop may hold one part of an object, and who calls another one, so near. */
const NEAR_BYTES = 128;
/** So many pairs of places at most of one call. */
const MAX_PAIRS = 512;
/** Where fewer than one call in so many is known by what its thread held, that was memory of another request that is used again. */
const RARE = 8;
/** A loop's turns are wrong where so many calls at least, and one in so many, were for another request than these told. */
const FEWEST_WRONG = 2;
const WRONG = 64;
/** Also where of so many calls one has its answer read by another loop. */
const SWAPPED = 8;
/** What a loop holds is believed where its turns said the same so often, and of so many times something else once at most. */
const FEWEST_AGREEING = 16;
const DIFFERING = 16;
/** After so many calls it is known whether more than one in so many is not known otherwise; after many, whether more than that are known so. */
const DECIDED = 64;
const FEW = 16;
const MANY = 1024;

/** A call, what its thread held as it made it, and by pair of places for which request that may have been. */
interface Made {
  readonly call: Call;
  readonly held: HeldAddresses;
  /** The loop that has made it reads requests itself. */
  readonly isOfServer: boolean;
  /** `undefined`: for several. */
  readonly mayBeFor: Map<number, Work | undefined>;
  /** It has told which places are those of tasks. */
  isCounted: boolean;
}

/** Of the loop, of who calls, and how far apart in memory what they hold is: eight bytes each. */
const pairOf = (loop: number, caller: number, bytes: number): number =>
  (loop * 2 ** 16 + caller) * 32 + (bytes >> 3) + 16;
const callerOf = (pair: number): number => Math.floor(pair / 32) % 2 ** 16;

/** Calls that threads of one process have made for they do not tell whom, until that is known by what they held. */
export class MadeCalls {
  #made: Made[] = [];
  /** Of calls for which there was one request alone, all is clear: that says nothing of others. */
  readonly #alone = new TaskPlaces();
  readonly #beside = new TaskPlaces();
  #open = 0;
  #decided = 0;
  #found = 0;
  /** Of calls of which nothing else is known, whether what they held told. */
  readonly #known = new Tally();
  /** Whether that was what the loop's turn, or its answer, had told. */
  readonly #turns = new Tally();
  /** The same of loops whose turns are right. */
  readonly #agreements = new Tally();
  /** Whether the loop that had made a call read its answer. */
  readonly #readers = new Tally();

  /** There are no calls; or nearly all are known without what threads hold, or hardly any by that. */
  get isNeedless(): boolean {
    if (this.#decided < DECIDED) return this.#decided === 0 && this.#made.length === 0;
    if (this.#areTurnsWrong) return false;
    return this.#open * FEW < this.#decided || (this.#open >= MANY && this.#found * FEW < this.#open);
  }

  /** Loops that go on with what others have begun do so in any order. */
  get #areTurnsWrong(): boolean {
    return isOften(this.#turns, WRONG) || this.#goOnWithOthers;
  }

  /** Loops go on with what others have begun. */
  get #goOnWithOthers(): boolean {
    return isOften(this.#readers, SWAPPED);
  }

  /** The turns of a loop that does all of a request itself are right: what its frames keep may be of any request. */
  #hasTurns({ call, isOfServer }: Made): boolean {
    return isOfServer && !call.isOnly && !this.#goOnWithOthers;
  }

  /** @param maker the thread that has made it */
  add(call: Call, held: HeldAddresses, maker: Thread): void {
    if (this.#made.length === MAX_CALLS) this.#decide(this.#made.splice(0, MAX_CALLS / 2));
    call.mayHoldTask = true;
    call.isOfTurn = maker.isLoop;
    this.#made.push({ call, held, isOfServer: maker.isLoop && maker.isAsked, mayBeFor: new Map(), isCounted: false });
  }

  /** @param held what the loop holds that answers the request */
  answers(work: Work, held: HeldAddresses, nowUs: number): void {
    const fromUs = Math.max(work.startUs, nowUs - LONGEST_US);
    const near = byNearness(held);
    for (let i = Math.max(0, this.#made.length - MOST_COMPARED); i < this.#made.length; i++) {
      const made = this.#made[i];
      if (made.call.startUs >= fromUs && made.call.isAnswered) compare(made, work, held, near);
    }
  }

  tick(nowUs: number): void {
    const fromUs = nowUs - LONGEST_US;
    const mayChange = ({ call }: Made): boolean =>
      call.answeredUs > nowUs - OPEN_US || (!call.isAnswered && call.startUs > fromUs);
    const isUnknown = this.#decide(this.#made.filter((one) => !mayChange(one)));
    // Others may tell in time which place is that of the task.
    this.#made = this.#made.filter((one) => mayChange(one) || (isUnknown.has(one) && one.call.startUs > fromUs));
  }

  /** Nothing more will tell. */
  decide(): void {
    this.#decide(this.#made.splice(0));
  }

  /** Returns those of which nothing is known. */
  #decide(made: readonly Made[]): ReadonlySet<Made> {
    const fresh = made.filter(({ isCounted }) => !isCounted);
    this.#decided += fresh.length;
    this.#open += fresh.filter(({ call }) => isOpen(call)).length;
    for (const one of fresh) this.#count(one);
    for (const one of fresh) this.#learn(one);
    for (const one of fresh) this.#contradict(one);
    for (const one of fresh) this.#know(one);
    for (const one of fresh) this.#check(one);
    for (const one of fresh) if (isOpen(one.call)) this.#known.saw(this.#workOf(one) !== undefined);
    const isBelieved = this.#known.yes * RARE >= this.#known.seen;
    const unknown = new Set<Made>();
    for (const one of made) {
      const { call } = one;
      const isUnknown = isOpen(call);
      const mayTell = isUnknown || (call.isByTurn && !this.#hasTurns(one));
      const work = isBelieved && mayTell && this.#agrees(one) ? this.#workOf(one) : undefined;
      if (isUnknown) {
        if (work) this.#found++;
        else unknown.add(one);
      } else if (work) this.#turns.saw(call.work === work);
      if (work) call.holdsTaskOf(work);
      else if (call.isByTurn && !call.isOnly && this.#areTurnsWrong) {
        call.unlink();
        unknown.add(one);
      }
      call.heldTold();
    }
    return unknown;
  }

  /** Compares what its loop holds with what the turns of that tell. */
  #check(made: Made): void {
    if (!made.call.isByTurn || !this.#hasTurns(made)) return;
    const work = this.#workOf(made);
    if (work) this.#agreements.saw(work === made.call.work);
  }

  #agrees(made: Made): boolean {
    const { yes, no } = this.#agreements;
    return !this.#hasTurns(made) || (yes >= FEWEST_AGREEING && no * DIFFERING <= yes);
  }

  #placesOf({ call }: Made): TaskPlaces {
    return call.isOnly ? this.#alone : this.#beside;
  }

  #count(made: Made): void {
    const { isOfTurn, maker, reader } = made.call;
    if (isOfTurn && reader) this.#readers.saw(reader === maker);
    made.isCounted = true;
  }

  #learn(made: Made): void {
    const places = this.#placesOf(made);
    places.holds(new Set(made.held.places));
    for (const [pair, work] of made.mayBeFor) places.saw(pair, work !== undefined);
  }

  #contradict(made: Made): void {
    const places = this.#placesOf(made);
    const best = clearest(made, places, () => true);
    if (best === undefined) return;
    for (const [pair, work] of made.mayBeFor) if (work && work !== best) places.contradicted(pair);
  }

  #know(made: Made): void {
    const places = this.#placesOf(made);
    const known = new Set<number>();
    for (const [pair, work] of made.mayBeFor) if (work && places.weight(pair) > 0) known.add(callerOf(pair));
    places.knows(known);
  }

  #workOf(made: Made): Work | undefined {
    const by = (places: TaskPlaces) => clearest(made, places, (pair) => places.isTask(callerOf(pair)));
    return by(this.#beside) ?? (made.call.isOnly ? by(this.#alone) : undefined);
  }
}

/** The request for which it was by the pair of places that is clear most often; undefined where several are alike in that. */
function clearest({ mayBeFor }: Made, places: TaskPlaces, isMeant: (pair: number) => boolean): Work | undefined {
  let [clearest, most]: [Work | undefined, number] = [undefined, 0];
  for (const [pair, work] of mayBeFor) {
    const weight = work && isMeant(pair) ? places.weight(pair) : 0;
    if (weight > most) [clearest, most] = [work, weight];
    else if (weight > 0 && weight === most && work !== clearest) clearest = undefined;
  }
  return clearest;
}

const isOften = ({ yes, no }: Tally, share: number): boolean => no >= FEWEST_WRONG && no * share > yes;

/** Nothing else is known of it, or what may be wrong. */
const isOpen = (call: Call): boolean => call.work === undefined || call.isWeak || call.rule === 'wake_back';

const bucketOf = (address: number): number => Math.floor(address / NEAR_BYTES);

/** Indexes of what is held, by where in memory it is; what is in several places counts in the first one. */
function byNearness({ addresses }: HeldAddresses): Map<number, number[]> {
  const near = new Map<number, number[]>();
  const seen = new Set<number>();
  for (const [i, address] of addresses.entries()) {
    if (seen.has(address)) continue;
    seen.add(address);
    const bucket = bucketOf(address);
    const indexes = near.get(bucket);
    if (indexes) indexes.push(i);
    else near.set(bucket, [i]);
  }
  return near;
}

/** Notes by which pairs of places the call may be for `work`. */
function compare(made: Made, work: Work, loop: HeldAddresses, near: ReadonlyMap<number, readonly number[]>): void {
  const { held, mayBeFor } = made;
  for (let i = 0; i < held.addresses.length; i++) {
    const bucket = bucketOf(held.addresses[i]);
    for (let b = bucket - 1; b <= bucket + 1; b++) {
      for (const j of near.get(b) ?? []) {
        const bytes = loop.addresses[j] - held.addresses[i];
        if (Math.abs(bytes) >= NEAR_BYTES) continue;
        const pair = pairOf(loop.places[j], held.places[i], bytes);
        if (mayBeFor.has(pair)) {
          if (mayBeFor.get(pair) !== work) mayBeFor.set(pair, undefined);
        } else if (mayBeFor.size < MAX_PAIRS) mayBeFor.set(pair, work);
      }
    }
  }
}
