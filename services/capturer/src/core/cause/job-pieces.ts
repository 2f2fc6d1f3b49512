import { type Activities, Activity } from './activity.ts';
import { type Burst, kindOf, type Message } from './burst.ts';
import { keep } from './keep.ts';
import type { Work } from './work.ts';

/** How many asynchronous resources what goes on with a message of each kind makes in one go, and how much speaks for that. */
export type Makings = Map<string, { count: number; trust: number }>;

const MAX_KINDS = 1024;
const MOST_TRUST = 8;
const MAX_MADE = 1024;

/** Ids of asynchronous resources, more than `from`, up to `to`, that were made between two system calls. */
interface Made {
  readonly from: number;
  readonly to: number;
  /** What was under way at the one and at the other; undefined: that is not known, or nothing was. */
  readonly before: Activity | undefined;
  readonly after: Activity | undefined;
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

  constructor(burst: Burst, activities: Activities, makings: Makings) {
    this.#burst = burst;
    this.#activities = activities;
    this.#makings = makings;
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
  acts(current: Activity | undefined, before: number, youngest: number): void {
    if (current === this.#current && current) return;
    const isMade = youngest > before && !this.#isDivided && (this.#haveBegun || this.#current);
    if (isMade && this.#made.length < MAX_MADE)
      this.#made.push({ from: before, to: youngest, before: this.#current, after: current });
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
    if (work) piece.within = this.#burst;
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

  /** Each was under way at some system call: it has made what came before that, and after its last one. */
  #split(made: readonly Made[], isOpen: (one: Activity | undefined) => boolean): void {
    let head: number | undefined;
    for (const { from, to, before, after } of made) {
      if (!isOpen(before)) {
        if (!isOpen(after)) continue;
        head ??= to - from;
        this.#add(from, after!.work, after);
      } else if (!isOpen(after)) this.#add(from, before!.work, before);
      else if (head !== undefined && head <= to - from) {
        this.#add(from, before!.work, before);
        this.#add(to - head, after!.work, after);
      }
    }
  }

  /** None of them was under way at a system call. */
  #share({ from, to }: Made, going: readonly { message: Message; work: Work }[]): void {
    const [kind, ...others] = new Set(going.map(({ message }) => kindOf(message)));
    const made = (to - from) / going.length;
    if (others.length > 0 || !Number.isInteger(made) || (going.length > 1 && !this.#isUsual(kind, made))) return;
    for (const [i, { work }] of going.entries()) this.#add(from + i * made, work);
    this.#add(to, undefined);
  }

  /** Whether that was found of others before; who finds it now tells the next ones. */
  #isUsual(kind: string, count: number): boolean {
    const usual = this.#makings.get(kind);
    if (usual?.count === count) {
      usual.trust = Math.min(usual.trust + 1, MOST_TRUST);
      return true;
    }
    if (usual && usual.trust > 1) usual.trust--;
    else keep(this.#makings, kind, { count, trust: 1 }, MAX_KINDS);
    return false;
  }
}
