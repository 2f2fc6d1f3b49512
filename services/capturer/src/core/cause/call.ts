import type { ProcessRequest } from '../syscalls/process-request.ts';
import { isWeak, type Rule } from './rules.ts';
import type { Work } from './work.ts';

/** Longest chain of calls, each set off by the answer to the one before, that is remembered; and calls of one basis. */
const MAX_DEPTH = 64;

/** An outgoing request, and what is believed of its cause until that request is answered. */
export class Call {
  readonly request: ProcessRequest;
  readonly startUs: number;
  /** Where it goes: calls of one kind have the same. */
  readonly port: number;
  /** The call whose answer set off what made this one; undefined where it was the incoming request itself. */
  #basis: Call | undefined;
  #derived: Call[] = [];
  #depth = 0;
  #isConfirmed = false;
  #doubted: { readonly work: Work; readonly rule: Rule } | undefined;
  work: Work | undefined;
  /** Its answer has passed whole. */
  isAnswered = false;
  /** Who read its answer. */
  reader: object | undefined;
  answeredUs = 0;
  /** When it was made its process had one request to answer, no other. */
  readonly isOnly: boolean;

  constructor(request: ProcessRequest, startUs: number, port: number, basis: Call | undefined, isOnly: boolean) {
    this.request = request;
    this.startUs = startUs;
    this.port = port;
    this.isOnly = isOnly;
    if (basis) this.setOffBy(basis);
    request.isUndecided = true;
  }

  get rule(): Rule | '' {
    return this.request.linkRule as Rule | '';
  }

  /** Only what its maker does next decides. */
  get isWeak(): boolean {
    return isWeak(this.rule) && !this.#isConfirmed;
  }

  /** That request is answered, and it was not the only one: the guess counts for nothing unless it is confirmed. */
  doubt(): void {
    const { work, rule } = this;
    this.unlink();
    if (work !== undefined && rule !== '') this.#doubted = { work, rule };
  }

  /** Its maker did nothing else: what was a guess is sure. */
  confirm(): void {
    const doubted = this.#doubted;
    this.#isConfirmed = true;
    if (doubted && this.work === undefined) this.link(doubted.work, doubted.rule);
  }

  /** Nothing has told its cause in time. */
  giveUp(): void {
    if (this.work === undefined) this.request.isUndecided = false;
  }

  /** Puts it under `work`, known by `rule`. */
  link(work: Work, rule: Rule): void {
    this.unlink();
    this.work = work;
    this.request.parent = work.request;
    this.request.linkRule = rule;
    this.request.isUndecided = work.add(this) || this.isWeak;
  }

  unlink(): void {
    this.work?.remove(this);
    this.work = undefined;
    this.request.parent = null;
    this.request.linkRule = '';
    this.request.isUndecided = true;
  }

  /** The answer to that call set it off. */
  setOffBy(basis: Call): void {
    if (basis.#depth >= MAX_DEPTH || basis.#derived.length >= MAX_DEPTH) return;
    this.#basis = basis;
    this.#depth = basis.#depth + 1;
    basis.#derived.push(this);
  }

  /** Something that is not seen set it off. */
  setOffUnseen(): void {
    const basis = this.#basis;
    if (basis) basis.#derived = basis.#derived.filter((call) => call !== this);
    this.#basis = undefined;
    this.unlink();
  }

  /** Links it to what its maker answered, unless it was made before that was asked. */
  claim(work: Work, rule: Rule): void {
    if (this.startUs >= work.startUs && (this.work !== work || this.isWeak)) this.link(work, rule);
  }

  /** What went on with its answer then answered `work`: so it was made for that, and with it the chain that it is part of. */
  leadsTo(work: Work): void {
    const before = this.work;
    if (before === work || this.startUs < work.startUs) return;
    this.#move(before, work);
    let basis = this.#basis;
    for (; basis && basis.work === before && basis.startUs >= work.startUs; basis = basis.#basis)
      basis.#move(before, work);
  }

  /** Those that it set off were believed to have the same cause. */
  #move(before: Work | undefined, work: Work): void {
    this.link(work, 'answer');
    for (const call of this.#derived) if (call.work === before) call.#move(before, work);
  }
}
