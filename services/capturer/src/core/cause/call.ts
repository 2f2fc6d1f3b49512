import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { Run } from './awakenings.ts';
import type { LateStart } from './late-starts.ts';
import type { Pool } from './pools.ts';
import { isCertain, isReached, isWeak, type Rule } from './rules.ts';
import type { Trust } from './trust.ts';
import type { Work } from './work.ts';

/** Longest chain of calls, each set off by the answer to the one before, that is remembered; and calls of one basis. */
const MAX_DEPTH = 64;

/** Calls before it that tell of which kind a call is. */
const MAX_PATH = 6;

/** Whether it is a message of a session that sends several at once, whoever has made them. */
export const isOfSession = ({ exchange }: ProcessRequest): boolean =>
  exchange.protocol === 'http2' || exchange.protocol === 'grpc';

/** What a rule says of a cause that may not hold in its program: who is told whether it was right. */
export interface Surmise {
  readonly work: Work | undefined;
  readonly trust: Trust;
}

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
  #proven: Work | undefined;
  #doubted: { readonly work: Work; readonly rule: Rule } | undefined;
  work: Work | undefined;
  surmise: Surmise | undefined;
  /** Its place among all answers that have passed whole; infinite: it has none yet. */
  answerNumber = Number.POSITIVE_INFINITY;
  /** The first on a connection, or what follows from that alone: a driver that logs in, say. */
  isGreeting = false;
  /** It was sent when its connection was ready for several. */
  hasWaited = false;
  /** A session of its connection sends it, maybe later than it was made. */
  readonly isQueued: boolean;
  /** It is of a session, and nothing tells who has made it but who wrote it. */
  isOfWriter = false;
  /** Its loop tells what set it off, also where that was put off. */
  isSure = false;
  /** Whoever sent it may have done so for another one. */
  isAnyones = false;
  /** Those of its connection, which may have been handed on to it. */
  pool: Pool | undefined;
  /** Node.js: what was executing when it was sent, and the youngest resource then; and the youngest when its connection was made. */
  ids = { executing: 0, youngest: 0, connected: 0 };
  /** Several calls at once have been under way on its connection: what is written there may be for several. */
  isPipelined = false;
  /** It was put off, and sent in a later turn: a client may have sent then what others wait for. */
  isPutOff = false;
  /** Connections that its answer set off and that have had no request. */
  connecting = 0;
  /** The run of timers that set it off. */
  run: Run | undefined;
  /** Who made it, whoever has written it; and who read its answer. */
  maker: object | undefined;
  reader: object | undefined;
  answeredUs = 0;
  /** How the task that made it came about. */
  start: LateStart | undefined;
  /** Others send it, and read its answer, than who waits for that. */
  isAwaited = false;
  /** It was told who has made it: not who wrote it, which may read its answer, too. */
  isTold = false;
  /** It is not known yet whether what its thread held tells for whom it was. */
  mayHoldTask = false;
  /** A loop has made it: whose turn that was tells, if nothing better does. */
  isOfTurn = false;
  /** When it was made its process had one request to answer, no other. */
  readonly isOnly: boolean;

  constructor(request: ProcessRequest, startUs: number, port: number, basis: Call | undefined, isOnly: boolean) {
    this.request = request;
    this.startUs = startUs;
    this.port = port;
    this.isQueued = isOfSession(request);
    this.isOnly = isOnly;
    request.isUndecided = true;
    if (basis) this.setOffBy(basis);
  }

  get rule(): Rule | '' {
    return this.request.linkRule as Rule | '';
  }

  /** Only what its maker does next decides. */
  get isWeak(): boolean {
    return isWeak(this.rule) && !this.#isConfirmed;
  }

  /** Something may still tell better for whom it was, also when that one is answered. */
  get isHeldBack(): boolean {
    return this.isWeak || (this.mayHoldTask && (this.rule === 'wake_back' || this.isByTurn));
  }

  /** The turn in which its loop made it has told its cause, or whom that loop then answered. */
  get isByTurn(): boolean {
    return this.isOfTurn && (this.rule === 'answer' || this.rule === 'loop_turn' || this.rule === 'socket_creation');
  }

  /** That one reads its answer for the one that has made it. */
  isReadFor(unit: object): boolean {
    return this.isTold && this.maker !== unit;
  }

  /** Its thread held the same as who answered `work`, and nobody else did. */
  holdsTaskOf(work: Work): void {
    if (this.isByTurn && this.#proven !== work) this.#proven = undefined;
    this.claim(work, 'object');
  }

  /** What its thread held tells no more. */
  heldTold(): void {
    this.mayHoldTask = false;
    if (this.work?.isAnswered) this.request.isUndecided = this.isHeldBack;
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

  /** Who has sent it tells nothing of its cause. */
  isOfAnyone(): void {
    this.isAnyones = true;
    this.unlink();
  }

  /** Nothing has told its cause in time. */
  giveUp(): void {
    if (this.work === undefined) this.request.isUndecided = false;
  }

  /** What it was made for, as an answer tells to which it led. */
  get proven(): Work | undefined {
    return this.#proven;
  }

  /** Puts it under `work`, known by `rule`. */
  link(work: Work, rule: Rule): void {
    this.unlink();
    this.work = work;
    this.request.parent = work.request;
    this.request.linkRule = rule;
    this.request.isUndecided = work.add(this) || this.isHeldBack;
  }

  unlink(): void {
    this.work?.remove(this);
    this.work = undefined;
    this.request.parent = null;
    this.request.linkRule = '';
    this.request.isUndecided = true;
  }

  /** Ports of the calls that led to it, the last one first, and whether a request set off the first: those of one kind come about alike. */
  get path(): string {
    let path = '';
    let call: Call = this;
    for (let i = 0; i < MAX_PATH; i++) {
      path += ` ${call.port}`;
      if (call.#before === undefined)
        return call.hasWaited ? `${path} waited` : call.work && !call.#proven ? `${path} asked` : path;
      call = call.#before;
    }
    return path;
  }

  /** Its answer has passed whole. */
  get isAnswered(): boolean {
    return this.answerNumber < Number.POSITIVE_INFINITY;
  }

  /** Whether all that the same answer, or the same request, has set off beside it was answered when there were so many answers. */
  isLastAt(answers: number): boolean {
    if (this.hasWaited) return true;
    return this.#beside.every((call) => call === this || call.#basis !== this.#basis || call.answerNumber <= answers);
  }

  /** What the same answer, request, or awakening by a timer has set off. */
  get #beside(): readonly Call[] {
    if (this.#basis) return this.#basis.#derived;
    return this.run ? this.run.piece(this) : this.work ? [...this.work.calls] : [];
  }

  /** Whether a connection is made for a call beside it, which is not sent yet. */
  get isConnectingBeside(): boolean {
    return this.#basis !== undefined && this.#basis.connecting > 0;
  }

  /** The answer to that call set it off. */
  setOffBy(basis: Call): void {
    if (this.#basis === basis || basis.#depth >= MAX_DEPTH) return;
    const isSameSocket = basis.request.socket === this.request.socket && !this.isQueued;
    const mayHaveWaited = isSameSocket && (basis.isGreeting || basis.work === undefined);
    if (basis.#derived.length >= MAX_DEPTH) {
      if (mayHaveWaited) this.hasWaited = true;
      return;
    }
    this.#basis = basis;
    this.#depth = basis.#depth + 1;
    basis.#derived.push(this);
    if (mayHaveWaited) basis.#greeted();
  }

  /** What the answer set off on its own connection: more than one call had waited until that was ready, for anybody. */
  #greeted(): void {
    const behind = this.#behind;
    for (const call of behind) {
      call.isGreeting = this.isGreeting && behind.length === 1;
      call.hasWaited = behind.length > 1;
      if (call.hasWaited) call.unlink();
    }
  }

  /** It had waited for its connection: of all that it was believed to belong to nothing is known. */
  hasBeenWaiting(): void {
    if (this.#proven) return;
    this.setOffUnseen();
    this.hasWaited = true;
  }

  /** Something that is not seen set it off: of it, and of all that was believed to follow from it, nothing is known. */
  setOffUnseen(): void {
    const { work } = this;
    const basis = this.#basis;
    if (basis) basis.#derived = basis.#derived.filter((call) => call !== this);
    this.#basis = undefined;
    if (isCertain(this.rule)) return;
    this.unlink();
    if (work) this.#setsOffForSeveral(work, true);
  }

  /** Its maker's task was made for that, it seems: it is believed later on where that turns out to be right in its program. */
  awaits(surmise: Surmise): void {
    this.surmise = surmise;
    if (surmise.work === undefined || surmise.trust.isBelieved) return;
    surmise.work.isAwaited(this);
    surmise.trust.await(this);
  }

  /** What is surmised of it is believed by now, if nothing else is known. */
  believe(): void {
    const work = this.surmise?.work;
    if (work && this.work === undefined && !this.isAnyones && !this.#proven && this.startUs >= work.startUs)
      this.link(work, 'object');
  }

  /** For what it was made is known for sure, or that it was not made for what was surmised: that was right, or it was not. */
  judge(work: Work | undefined): void {
    const { surmise } = this;
    this.surmise = undefined;
    if (surmise?.work) surmise.trust.tell(surmise.work === work);
  }

  /** Objects of what made it lead to `work`. */
  reaches(work: Work, rule: Rule): void {
    if (this.isAnyones) return;
    if (this.startUs >= work.startUs && (!isCertain(this.rule) || isReached(this.rule))) this.link(work, rule);
  }

  /** Links it to what its maker answered, unless it was made before that was asked, or its own answer has led to another one. */
  claim(work: Work, rule: Rule): void {
    if (isCertain(this.rule) || this.isAnyones || (this.#proven && this.#proven !== work)) return;
    if (this.startUs >= work.startUs && (this.work !== work || this.isWeak)) this.link(work, rule);
  }

  /** It is told for what its answer is gone on with: it alone was made for that, what came before it may have been for another one. */
  isAwaitedBy(work: Work): void {
    if (this.startUs < work.startUs || isCertain(this.rule)) return;
    this.#proven ??= work;
    if (this.work !== work) this.link(work, 'answer');
  }

  /** What went on with its answer then answered `work`: so it was made for that, and with it the chain that it is part of. */
  leadsTo(work: Work): void {
    const before = this.work;
    if (this.startUs < work.startUs || isCertain(this.rule)) return;
    this.#proven ??= work;
    if (before === work) return;
    if (before) this.pool?.hadWaiting(this.answeredUs);
    this.#move(before, work);
    this.#tellsBeside(work);
    let basis = this.#before;
    for (; basis && basis.work === before && basis.startUs >= work.startUs; basis = basis.#before) {
      if (!basis.#isOnlyFor(before, work)) {
        basis.#setsOffForSeveral(before);
        return;
      }
      basis.#proven = work;
      basis.#move(before, work);
      basis.#tellsBeside(work);
    }
  }

  /** What else a timer's awakening has called was for the same request. */
  #tellsBeside(work: Work): void {
    for (const call of this.run?.piece(this) ?? []) {
      const isOpen = call.work === undefined && call.startUs >= work.startUs;
      if (isOpen && call.#mayBeFor(work)) call.#move(undefined, work);
    }
  }

  /** What its answer set off on its own connection. */
  get #behind(): Call[] {
    return this.#derived.filter(({ request }) => request.socket === this.request.socket);
  }

  get #mayHaveWaited(): boolean {
    const { socket } = this.request;
    return this.#basis?.request.socket === socket && this.#basis.#behind.length > 1;
  }

  /** The call that was made for the same as this one. */
  get #before(): Call | undefined {
    return this.hasWaited ? undefined : this.#basis;
  }

  /** Those that it set off were believed to have the same cause. */
  #move(before: Work | undefined, work: Work): void {
    this.link(work, 'answer');
    for (const call of this.#derived)
      if (call.work === before && !call.hasWaited && !isCertain(call.rule) && call.#mayBeFor(work))
        call.#move(before, work);
  }

  /** Whether all that it set off may be for `work`, which came out for one of them, and its own cause was not better known. */
  #isOnlyFor(before: Work | undefined, work: Work): boolean {
    if (this.#proven !== undefined && this.#proven !== work) return false;
    if (before !== undefined && this.isSure && !this.#mayHaveWaited) return false;
    return this.#derived.every((call) => call.work !== before || call.#mayBeFor(work));
  }

  /** Whether all that came of it is over when `work` is answered, and led to no other answer. */
  #mayBeFor(work: Work): boolean {
    if (!this.isAnswered || (this.#proven !== undefined && this.#proven !== work)) return false;
    return this.#derived.every((call) => call.#mayBeFor(work));
  }

  /** What had been queued for a connection is sent in one go, say: of the rest nothing is known but what it will lead to. */
  #setsOffForSeveral(before: Work | undefined, isDeep = false): void {
    for (const call of this.#derived) {
      if (before === undefined || call.work !== before || call.#proven !== undefined || isCertain(call.rule)) continue;
      call.unlink();
      if (isDeep) call.#setsOffForSeveral(before, true);
    }
  }
}
