import { Alike } from './alike.ts';
import type { Call } from './call.ts';
import { isByTurn } from './rules.ts';
import { Trust } from './trust.ts';
import type { Work } from './work.ts';

/** Of so many calls at least so many must not be known otherwise whom they are for. */
const MANY = 64;
const FEW = 4;
/** Requests after which a process that has called nobody is taken for one that answers by itself. */
const MOST_ASKED = 256;
/** What was asked before calls were looked at may be passed on until then. */
const UNKNOWN_US = 1e6;

/**
 * Whether a process passes on what it is asked: nearly each call asks for what only one of its open requests asks for, each of
 * which it passes on once. It is looked at where little else tells whom its calls are for, or tells otherwise.
 */
export class Relay {
  readonly #trust = new Trust();
  readonly #alike = new Map<string, Alike<Set<Work>>>();
  #isWatched = true;
  /** Little else has told whom its calls are for, or it has told otherwise. */
  #isUnsure = false;
  #sinceUs: number;
  #asked = 0;
  #calls = 0;
  #unsure = 0;
  /** Calls, and what they were recognized as, while that is not believed yet. */
  #found: { readonly call: Call; readonly work: Work }[] = [];

  constructor(nowUs: number) {
    this.#sinceUs = nowUs;
  }

  get isWatched(): boolean {
    return this.#isWatched;
  }

  get #isBelieved(): boolean {
    return this.#isUnsure && this.#trust.isBelieved;
  }

  /** It is asked for that. */
  asked(key: string, work: Work): void {
    if (++this.#asked >= MOST_ASKED && this.#calls === 0) this.#isWatched = false;
    const alike = this.#alike.get(key);
    if (alike) alike.waiting.add(work);
    else this.#alike.set(key, new Alike(new Set([work])));
  }

  /** It has answered that. */
  answered(key: string, work: Work): void {
    const alike = this.#alike.get(key);
    alike?.answered(work);
    if (alike?.isDone) this.#alike.delete(key);
  }

  /** It calls, which need not be looked at. */
  calls(call: Call): void {
    this.#asked = 0;
    this.#calls++;
    if (call.work === undefined || call.isWeak) this.#doubts(call.startUs);
    if (this.#calls < MANY) return;
    if (this.#unsure < FEW && !this.#isBelieved) this.#isUnsure = false;
    this.#isWatched = this.#isUnsure && !this.#trust.isWrong;
    this.#calls = 0;
    this.#unsure = 0;
    this.#found = [];
  }

  #doubts(nowUs: number): void {
    if (++this.#unsure !== FEW || this.#isUnsure) return;
    this.#isUnsure = true;
    if (this.#isWatched || this.#trust.isWrong) return;
    this.#isWatched = true;
    this.#sinceUs = nowUs;
  }

  /** It calls for that, and is watched. */
  callsFor(key: string, call: Call): void {
    const alike = this.#alike.get(key);
    if (alike) this.#passesOn(call, this.#takes(key, alike));
    else if (call.startUs - this.#sinceUs >= UNKNOWN_US) this.#trust.tell(false);
  }

  /** The only one that may be meant. */
  #takes(key: string, alike: Alike<Set<Work>>): Work | undefined {
    const { waiting } = alike;
    const [work] = waiting.size === 1 ? waiting : [];
    alike.passesOn(work);
    if (alike.isDone) this.#alike.delete(key);
    return work;
  }

  #passesOn(call: Call, work: Work | undefined): void {
    if (work === undefined) return;
    if (call.work && !call.isWeak && call.work !== work) this.#doubts(call.startUs);
    this.#trust.tell(isByTurn(call.rule) || call.work === work);
    this.#found.push({ call, work });
    if (!this.#isBelieved) return;
    for (const found of this.#found) link(found.call, found.work);
    this.#found = [];
  }
}

function link(call: Call, work: Work): void {
  if (!work.isAnswered && isByTurn(call.rule)) call.link(work, 'forwarded');
}
