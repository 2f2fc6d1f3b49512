import { AddressOwners } from './address-owners.ts';
import type { Call } from './call.ts';
import type { Held, HeldAddresses } from './held-addresses.ts';
import { Tally } from './tally.ts';
import type { Work } from './work.ts';

/** Beyond, what is older is decided. */
const MAX_CALLS = 4096;
/** Of these so many at most, the last ones, are compared with what an answer's loop holds. */
const MOST_COMPARED = 512;
/** Rows are held for so long: what was called before has been told. */
const LONGEST_US = 2e6;
/** For so long after its answer, that to another request may tell better for whom a call was. */
const OPEN_US = 500_000;
/**
 * How to find the task in what the loop holds. It may be the first that somebody held who made a call, or the first of what the loop did not
 * hold before: frames have old addresses in them, too. Or the loop holds one part of an object, and a worker another part, so near. What
 * holds in a program shows where more of its calls turn out to be for one request.
 */
const readings = [
  { areFreshFirst: false, nearBytes: 1 },
  { areFreshFirst: true, nearBytes: 1 },
  { areFreshFirst: false, nearBytes: 128 },
  { areFreshFirst: true, nearBytes: 128 },
] as const;
/** So many calls at least, and one in so many at most for none, or for several requests alike: else nothing is said of the program. */
const FEWEST = 16;
const UNCLEAR = 8;
/** After so many calls the others are not tried any more, as long as that one holds. */
const SURE = 128;
const all = [...readings.keys()];

/** A call, what its thread held as it made it, and for which requests that may have been, with how much of theirs it held. */
interface Made {
  readonly call: Call;
  readonly held: readonly Held[];
  readonly mayBeFor: readonly Map<Work, number>[];
}

/** Calls that threads of one process have made for they do not tell whom, until that is known by what they held. */
export class MadeCalls {
  #made: Made[] = [];
  /** By reading: which addresses are tasks; and whether it was clear for which request a call was. */
  readonly #owners = readings.map(() => new AddressOwners());
  #tried: readonly number[] = all;
  readonly #clear = readings.map(() => new Tally(MAX_CALLS));

  add(call: Call, held: readonly Held[]): void {
    if (this.#made.length === MAX_CALLS) this.#decide(this.#made.splice(0, MAX_CALLS / 2));
    this.#made.push({ call, held, mayBeFor: readings.map(() => new Map()) });
  }

  /** @param held what the loop holds that answers the request */
  answers(work: Work, held: HeldAddresses, nowUs: number): void {
    const fromUs = Math.max(work.startUs, nowUs - LONGEST_US);
    const made = this.#made.filter(({ call }) => call.startUs >= fromUs && call.isAnswered).slice(-MOST_COMPARED);
    const own = new Set(held.addresses(false));
    for (const i of this.#tried) {
      const { areFreshFirst, nearBytes } = readings[i];
      const isFree = (address: number): boolean => this.#owners[i].takes(address, work, nowUs);
      const task = taskIn(held.addresses(areFreshFirst), made, fromUs, nearBytes, isFree);
      for (const { held, mayBeFor } of made) {
        const addresses = held.filter(({ sinceUs }) => sinceUs >= fromUs).map(({ address }) => address);
        if (task === undefined || !addresses.includes(task)) continue;
        mayBeFor[i].set(work, addresses.filter((address) => own.has(address)).length);
      }
    }
  }

  tick(nowUs: number): void {
    const isOpen = ({ call }: Made): boolean =>
      call.answeredUs > nowUs - OPEN_US || (!call.isAnswered && call.startUs > nowUs - LONGEST_US);
    this.#decide(this.#made.filter((one) => !isOpen(one)));
    this.#made = this.#made.filter(isOpen);
  }

  /** Nothing more will tell. */
  decide(): void {
    this.#decide(this.#made.splice(0));
  }

  #decide(made: readonly Made[]): void {
    const open = made.filter(({ call }) => call.work === undefined || call.isWeak);
    for (const i of this.#tried)
      for (const { mayBeFor } of open) this.#clear[i].saw(clearest(mayBeFor[i]) !== undefined);
    const best = this.#tried.reduce((best, i) => (this.#clear[i].no < this.#clear[best].no ? i : best));
    const { seen, no } = this.#clear[best];
    const isClear = no * UNCLEAR <= seen;
    this.#tried = isClear && seen >= SURE ? [best] : all;
    if (seen < FEWEST || !isClear) return;
    for (const { call, mayBeFor } of open) {
      const work = clearest(mayBeFor[best]);
      if (work) call.claim(work, 'object');
    }
  }
}

/** Of what the loop holds the first address that is, or is near, what somebody held who made a call: that one's, if it is free. */
function taskIn(
  own: Iterable<number>,
  made: readonly Made[],
  fromUs: number,
  bytes: number,
  isFree: (address: number) => boolean,
): number | undefined {
  for (const one of own) {
    let nearest: number | undefined;
    let distance: number = bytes;
    for (const { held } of made) {
      for (const { address, sinceUs } of held) {
        const between = Math.abs(one - address);
        if (sinceUs >= fromUs && between < distance) [nearest, distance] = [address, between];
      }
    }
    if (nearest !== undefined && isFree(nearest)) return nearest;
  }
  return undefined;
}

/** The request with which it has most in common; undefined where that are none, or several alike. */
function clearest(works: ReadonlyMap<Work, number>): Work | undefined {
  let most = 0;
  let clear: Work | undefined;
  for (const [work, common] of works) {
    if (common === most) clear = undefined;
    if (common <= most && works.size > 1) continue;
    [clear, most] = [work, common];
  }
  return clear;
}
