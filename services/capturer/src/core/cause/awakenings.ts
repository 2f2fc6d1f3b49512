import type { Call } from './call.ts';
import type { Work } from './work.ts';

/** Deeds of one run of timers that are looked at, and of one piece of it. */
const MAX_DEEDS = 512;
const LONGEST_PIECE = 16;
/** A run is judged when so many have come after it: what its calls were for is known by then, or never. */
const JUDGED_AFTER = 4;
/** So many runs more must have consisted of pieces of one length than have not, each of which counts for so many. */
const FEWEST = 6;
const DENIAL = 12;
const MOST = 36;

interface Deed {
  readonly port: number;
  /** Undefined: a connection that is made. */
  readonly call: Call | undefined;
  readonly order: number;
}

/** What one run of timers has set off: ports of calls and of connections that are made. */
export class Run {
  readonly #deeds: Deed[] = [];
  readonly #awakenings: Awakenings;

  constructor(awakenings: Awakenings) {
    this.#awakenings = awakenings;
  }

  /** @param order when it was made: it may have been put off */
  did(port: number, call: Call | undefined, order: number): void {
    const deeds = this.#deeds;
    if (deeds.length > MAX_DEEDS) return;
    let at = deeds.length;
    while (at > 0 && deeds[at - 1].order > order) at--;
    deeds.splice(at, 0, { port, call, order });
    if (call) call.run = this;
  }

  get isEmpty(): boolean {
    return this.#deeds.length === 0;
  }

  /** The calls of the piece that this one is of. */
  piece(call: Call): readonly Call[] {
    const length = this.#awakenings.pieceLength;
    if (length < 2 || !this.#consistsOf(length)) return [];
    const at = this.#deeds.findIndex((deed) => deed.call === call);
    return this.#slice(at - (at % length), length);
  }

  /**
   * Whether all that was called in each piece of that length was for one request, which is for each piece another one; undefined
   * where that is not known of one of them.
   */
  isFor(length: number): boolean | undefined {
    if (!this.#consistsOf(length)) return false;
    const works = new Set<Work>();
    let isKnown = true;
    for (let from = 0; from < this.#deeds.length; from += length) {
      const known = new Set(this.#slice(from, length).flatMap(({ proven }) => proven ?? []));
      const [work] = known;
      if (known.size > 1 || works.has(work)) return false;
      if (work) works.add(work);
      else isKnown = false;
    }
    return isKnown ? true : undefined;
  }

  #consistsOf(length: number): boolean {
    const deeds = this.#deeds;
    if (deeds.length % length !== 0 || deeds.length > MAX_DEEDS) return false;
    return deeds.every(({ port }, i) => port === deeds[i % length].port);
  }

  #slice(from: number, length: number): Call[] {
    return this.#deeds.slice(from, from + length).flatMap(({ call }) => call ?? []);
  }
}

/**
 * What waits for timers (`await sleep()`) goes on in one run of them, one after another, with nothing between that would tell
 * where one ends. Where all do alike, runs consist of pieces of one length, each for one request: that shows where it is known what
 * some of the calls were for, and tells it of the rest.
 */
export class Awakenings {
  readonly #toJudge: Run[] = [];
  /** How much more speaks for each length than against it. */
  readonly #trust = new Array<number>(LONGEST_PIECE + 1).fill(0);
  /** How many deeds a piece has; 0: that is not known. */
  pieceLength = 0;

  /** Nothing more comes of that run. */
  ended(run: Run): void {
    if (run.isEmpty) return;
    this.#toJudge.push(run);
    if (this.#toJudge.length > JUDGED_AFTER) this.#judge(this.#toJudge.shift()!);
  }

  #judge(run: Run): void {
    this.pieceLength = 0;
    for (let length = LONGEST_PIECE; length >= 1; length--) {
      const isFor = run.isFor(length);
      const trust = this.#trust[length] + (isFor === undefined ? 0 : isFor ? 1 : -DENIAL);
      this.#trust[length] = Math.min(Math.max(trust, 0), MOST);
      if (this.#trust[length] >= FEWEST) this.pieceLength = length;
    }
  }
}
