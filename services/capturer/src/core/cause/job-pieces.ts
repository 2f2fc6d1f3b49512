import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import { type Activities, Activity } from './activity.ts';
import { type Burst, type Deed, type Going, kindOf } from './burst.ts';
import { keep } from './keep.ts';
import type { Makings } from './makings.ts';
import { type Alike, spansOf } from './piece-objects.ts';
import type { Work } from './work.ts';
import type { YoungObjects } from './young-objects.ts';

const MAX_MADE = 1024;
const MAX_OFFSETS = 8;

/** Ids of asynchronous resources, more than `from`, up to `to`, that were made between two system calls. */
interface Made {
  readonly from: number;
  readonly to: number;
  /** What was under way at the one and at the other; undefined: that is not known, or nothing was. */
  readonly before: Activity | undefined;
  readonly after: Activity | undefined;
  /** How far the heap was filled at the one and at the other. */
  readonly heapFrom: number;
  readonly heapTo: number;
}

/** What several have made, of each as many ids. */
interface Division extends Alike {
  /** The first has made the ids behind that one. */
  readonly from: number;
  readonly each: number;
  /** By how much further than where each began an id is: the stacks that ran with that id of each. */
  readonly stacks: Map<number, (readonly number[] | undefined)[]>;
}

/**
 * One read has brought several messages to Node.js, and jobs of promises go on with them. Which one is under way is told at each system
 * call. Between two of them several may have run: where all make as many asynchronous resources, each has made as many of these, in
 * the order of the messages.
 */
export class JobPieces {
  readonly #burst: Burst;
  readonly #activities: Activities;
  readonly #makings: Makings;
  /** What the job under way goes on with, and what it does in that. */
  #current: Activity | undefined;
  #now: Activity | undefined;
  #haveBegun = false;
  #isDivided = false;
  /** Of which it is not known yet who has made them. */
  #made: Made[] = [];
  readonly #seen = new Set<Work>();
  readonly #objects: YoungObjects;
  #division: Division | undefined;
  #heapTop = 0;

  constructor(burst: Burst, activities: Activities, makings: Makings, objects: YoungObjects) {
    this.#burst = burst;
    this.#activities = activities;
    this.#makings = makings;
    this.#objects = objects;
  }

  /** What is done by the job under way; undefined: that is not known, or none is. */
  get now(): Activity | undefined {
    return this.#now;
  }

  /** Jobs that waited begin to run. */
  begin(): void {
    this.#haveBegun = true;
    this.#burst.areJobs = true;
  }

  /**
   * @param current what the job under way goes on with
   * @param before the youngest id at the system call before
   */
  acts(current: Activity | undefined, before: number, { lastAsyncId: youngest, heapTop }: SyscallEvent): void {
    const heapFrom = this.#heapTop;
    this.#heapTop = heapTop;
    if (current === this.#current && current) return;
    const isMade = youngest > before && !this.#isDivided && (this.#haveBegun || this.#current);
    if (isMade && this.#made.length < MAX_MADE)
      this.#made.push({ from: before, to: youngest, before: this.#current, after: current, heapFrom, heapTo: heapTop });
    if (current === this.#current) return;
    if (this.#current) this.#add(before, undefined);
    this.#current = current;
    this.#now = current && this.#add(youngest, current.work, current);
    if (current?.work) this.#seen.add(current.work);
  }

  /** From that id on it is done for that work; undefined: for any of the burst. */
  #add(fromId: number, work: Work | undefined, of?: Activity): Activity {
    const piece = this.#pieceOf(fromId, work, of);
    this.#activities.insert(piece);
    return piece;
  }

  #pieceOf(fromId: number, work: Work | undefined, of?: Activity): Activity {
    const piece = new Activity(work, of?.rule ?? 'response_order', of?.calls ?? [], fromId);
    if (work) piece.within = this;
    else piece.burst = this.#burst;
    piece.basis = this.#burst.answerFor(work);
    return piece;
  }

  /** Nothing more is made: by whom what was made between system calls. */
  divide(): void {
    const made = this.#made;
    this.#made = [];
    this.#isDivided ||= made.length > 0;
    const going = made.length > 0 && this.#burst.going();
    if (!going) return;
    const open = new Set(going.map(({ work }) => work));
    const unseen = going.filter(({ work }) => !this.#seen.has(work));
    const isOpen = (one: Activity | undefined): boolean => one?.work !== undefined && open.has(one.work);
    if (unseen.length === 0) this.#split(made, isOpen);
    else if (!made.some(({ before, after }) => isOpen(before) || isOpen(after))) {
      const [first, ...others] = made.filter(({ before }) => before === undefined);
      if (first && others.length === 0) this.#share(first, unseen);
    }
  }

  /**
   * Each was under way at some system call: what came before the first one, and after the last one, they have made. Between two of them
   * one has ended and the other one begun: alike, if that adds up.
   */
  #split(made: readonly Made[], isOpen: (one: Activity | undefined) => boolean): void {
    const first = made.find(({ before, after }) => !isOpen(before) && isOpen(after));
    const last = made.findLast(({ before, after }) => isOpen(before) && !isOpen(after));
    if (first) this.#add(first.from, first.after!.work, first.after);
    if (last) this.#add(last.from, last.before!.work, last.before);
    if (!first || !last) return;
    const [head, tail] = [first, last].map(({ from, to }) => to - from);
    for (const { from, to, before, after } of made) {
      if (!isOpen(before) || !isOpen(after) || to - from !== head + tail) continue;
      this.#add(from, before!.work, before);
      this.#add(to - head, after!.work, after);
    }
  }

  /** None of them was under way at a system call. */
  #share({ from, to, after, heapFrom, heapTo }: Made, going: readonly Going[]): void {
    const [kind, ...others] = new Set(going.map(({ message }) => kindOf(message)));
    const each = (to - from) / going.length;
    if (others.length > 0 || (going.length > 1 && !this.#isUsual(kind, each, after === undefined))) return;
    const pieces = going.map(({ work }, i) => this.#add(from + i * each, work));
    this.#add(to, undefined);
    this.#division = { from, each, pieces, heapFrom, heapTo, stacks: new Map() };
  }

  /** Something is done for that work by one of them. */
  did(port: number, deed: Deed, order: number, work: Work | undefined): void {
    this.#burst.did(port, deed, order, work);
  }

  /** With that resource, which one of them has made, that stack runs. */
  runs(asyncId: number, stack: readonly number[]): void {
    const division = this.#division;
    if (division === undefined || asyncId <= division.from) return;
    const { from, each, pieces, stacks } = division;
    const [place, offset] = [Math.floor((asyncId - from - 1) / each), (asyncId - from - 1) % each];
    if (place >= pieces.length) return;
    const alike = stacks.get(offset) ?? keep(stacks, offset, new Array(pieces.length), MAX_OFFSETS);
    alike[place] ??= stack;
    if (place < pieces.length - 1 || alike.includes(undefined)) return;
    const spans = spansOf(
      division,
      alike.filter((one) => one !== undefined),
    );
    if (spans.length === 0) return;
    this.#division = undefined;
    this.#objects.learn(spans);
  }

  /** Whether that was found of others before; what is found where nobody else has made any tells of the next ones. */
  #isUsual(kind: string, each: number, isAlone: boolean): boolean {
    const isUsual = this.#makings.has(kind, each);
    if (isAlone) this.#makings.sawSeveral(kind, each);
    return isUsual;
  }
}
