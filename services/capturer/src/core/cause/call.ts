import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { Rule } from './rules.ts';
import type { Work } from './work.ts';

/** Longest chain of calls, each set off by the answer to the one before, that is remembered. */
const MAX_DEPTH = 64;

/** An outgoing request, and what is believed of its cause until that request is answered. */
export class Call {
  readonly request: ProcessRequest;
  readonly startUs: number;
  /** Where it goes: calls of one kind have the same. */
  readonly port: number;
  /** The call whose answer set off what made this one; undefined where it was the incoming request itself. */
  readonly basis: Call | undefined;
  readonly #depth: number;
  work: Work | undefined;
  /** Its answer has passed whole. */
  isAnswered = false;

  constructor(request: ProcessRequest, startUs: number, port: number, basis: Call | undefined) {
    this.request = request;
    this.startUs = startUs;
    this.port = port;
    this.basis = basis && basis.#depth < MAX_DEPTH ? basis : undefined;
    this.#depth = this.basis ? this.basis.#depth + 1 : 0;
    request.isUndecided = true;
  }

  get rule(): Rule | '' {
    return this.request.linkRule as Rule | '';
  }

  /** Puts it under `work`, known by `rule`. */
  link(work: Work, rule: Rule): void {
    this.unlink();
    this.work = work;
    this.request.parent = work.request;
    this.request.linkRule = rule;
    this.request.isUndecided = work.add(this);
  }

  unlink(): void {
    this.work?.remove(this);
    this.work = undefined;
    this.request.parent = null;
    this.request.linkRule = '';
    this.request.isUndecided = true;
  }

  /** Links it to what answered it, unless it was made before that was asked. */
  claim(work: Work, rule: Rule): void {
    if (this.work !== work && this.startUs >= work.startUs) this.link(work, rule);
  }
}
