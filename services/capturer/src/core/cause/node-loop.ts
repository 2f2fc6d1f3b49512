import { type SyscallEvent, SyscallKind } from '../syscalls/syscall-event.ts';
import { Activities, Activity, nobody } from './activity.ts';
import { Awakenings, Run } from './awakenings.ts';
import { ANSWERS, type Burst, kindOf } from './burst.ts';
import { Call } from './call.ts';
import { JobPieces } from './job-pieces.ts';
import { Loop } from './loop.ts';
import { Makings } from './makings.ts';
import type { Pool } from './pools.ts';
import { areAll, isSame, Resumptions } from './resumptions.ts';
import type { Rule } from './rules.ts';
import type { SocketState } from './sockets.ts';
import type { Work } from './work.ts';

/** So often it does something without a read when a connection is ready; more often it runs timers, and has no probe. */
const MOST_UNTOLD = 2;
/** Timers that come in fewer turns than one of so many do the housekeeping. */
const RARELY = 200;

const MAX_HANDLES = 4096;
/** Due so often, timers would have been told of by a probe if there was one. */
const MOST_DUE = 16;

/** What is known of probes in Node.js on this host. */
export interface NodeProbes {
  /** Some process has told that it runs timers: probes are allowed. */
  tell: boolean;
  /** They can be put into programs, as far as is known. */
  areAllowed: boolean;
}

/** The loop of Node.js, which numbers its asynchronous resources: the number tells also in whose turn what it has put off was made. */
export class NodeLoop extends Loop {
  readonly #activities = new Activities();
  /** What began last; it may do now what it has put off. */
  #last: Activity = this.now;
  #youngestId = 0;
  /** It is known what went on with the answers with which that began, or that this is not known. */
  #learnt: Activity | undefined;
  readonly #awakenings = new Awakenings();
  readonly #resumptions = new Resumptions();
  /** What timers have set off in this turn, and in the one before: some of that is sent later. */
  #run: Run | undefined;
  #runBefore: Run | undefined;
  /** What timers have begun with, until one of them is known to have come for something. */
  #timers: Activity | undefined;
  /** What jobs do in the burst with which it began last. */
  #pieces: JobPieces | undefined;
  readonly #makings = new Makings();
  /** The youngest id when jobs began to go on with the one message of the activity under way; 0: they have not. */
  #begunAt = 0;
  /** The resource whose callback runs; 0: none. */
  #asyncId = 0;
  /** Because of what that was made. */
  #triggerId = 0;
  /** Number of the event under way. */
  #event = 0;
  /** The socket from which it read last. */
  lastRead = 0;
  /** How often it made a call in a turn in which it had read nothing, and in no resource's callback. */
  #untold = 0;
  /** Resources older than the last read whose callbacks have run. */
  readonly #handles = new Set<number>();
  /** Turns, and those in which timers were due. */
  #turns = 0;
  #dueTurns = 0;
  #isDue = false;
  /** It tells when it runs timers. */
  #tellsTimers = false;
  /** It tells what runs: so the function that runs timers was found in its program. */
  #tellsRunning = false;
  /** It runs timers, as it says itself. */
  #runsTimers = false;

  readonly #probes: NodeProbes;

  constructor(probes: NodeProbes) {
    super();
    this.#probes = probes;
  }

  override get tellsIds(): boolean {
    return true;
  }

  override at(event: SyscallEvent, number: number): void {
    const { asyncId, lastAsyncId } = event;
    this.#resumptions.acts(event, this.now);
    this.#learns(this.#last);
    this.#event = number;
    this.#tellsRunning ||= event.kind === SyscallKind.running;
    if (this.#resumptions.areWaiting && !this.#tellsTimers) this.#tellsTimers = this.#probes.tell = true; // by a probe, too
    if (event.kind === SyscallKind.read) this.lastRead = event.socket;
    this.#asyncId = asyncId;
    this.#triggerId = event.triggerId;
    const youngestBefore = this.#youngestId;
    this.#youngestId = lastAsyncId;
    if (this.#last.isTimers) this.#resume(youngestBefore);
    else if (this.#last.burst) this.#inJobs(this.#last.burst, youngestBefore, event);
    else if (this.#resumptions.isMixed && !this.#last.isTold) this.#isAnyones(youngestBefore);
    this.#learnsMakings(youngestBefore);
    super.at(event, number);
    if (event.timersDue && !this.#isDue) this.#dueTurns++;
    this.#isDue ||= event.timersDue;
    if (!this.#tells && !this.#last.isTimers && this.#mayBeTimers(event)) this.#beginTimers();
    if (!this.#tellsTimers && asyncId > 0 && asyncId <= this.#last.fromId) this.#hasRun(asyncId);
    this.now = this.#doing(event);
    this.now.within?.runs(asyncId, this.#resumptions.stack);
  }

  #doing({ asyncId, socket }: SyscallEvent): Activity {
    if (asyncId > this.#last.fromId) this.#pieces?.divide();
    const maker = this.#putOff(asyncId);
    if (maker?.hasCause) return maker;
    if (asyncId === 0 && this.#pieces?.now) return this.#pieces.now;
    if (!this.#resumptions.inTimers || !this.#timers) return maker ?? this.#resumed(asyncId, socket) ?? this.#last;
    const isOfTimer = asyncId > 0 && asyncId <= this.#timers.fromId; // its callback, not what goes on behind an await
    return isOfTimer ? this.#timers : this.#last;
  }

  /** Timers have come for what awaited them, one after another, when that id was the youngest, and later. */
  #resume(youngestId: number): void {
    const { inTimers, areWaiting, only } = this.#resumptions;
    if (areWaiting || only) {
      if (areWaiting && this.#resumptions.makers.length === 0) return; // made by what runs
      if (!only || !isSame(only, this.#last)) this.#goOn(only, this.#youngestId);
      return;
    }
    const makers = this.#resumptions.makers.filter((one, i, all) => i === 0 || !one || one !== all[i - 1]);
    if (makers.length === 0 || (!inTimers && areAll(makers, this.#last))) return;
    const isFirst = inTimers && makers.length === 1 && this.#last === this.#timers;
    if (!isFirst) this.#goOn(undefined, youngestId); // what was made meanwhile may be another one's
    if (inTimers) this.#goOn(makers.at(-1), isFirst ? youngestId : this.#youngestId);
  }

  /** From that id on it does what an earlier activity has begun; undefined: one that is not known. */
  #goOn(maker: Activity | undefined, fromId: number): void {
    const piece = new Activity(maker?.work, maker?.rule ?? this.ownRule, maker?.calls ?? [], fromId);
    piece.basis = maker?.basis;
    piece.isTimers = true;
    if (maker === undefined) piece.run = this.#run;
    this.now = this.#last = piece;
    this.#activities.add(piece);
  }

  /** How many ids what goes on with one answer makes at once. */
  #learnsMakings(youngestBefore: number): void {
    const { areWaiting, makers } = this.#resumptions;
    const { message, burst, isLast } = this.#last;
    if (this.#begunAt === youngestBefore && this.#youngestId > youngestBefore && message && areAll(makers, this.#last))
      this.#makings.saw(kindOf(message), this.#youngestId - youngestBefore);
    this.#begunAt = areWaiting && isLast && !burst && areAll(makers, this.#last) ? this.#youngestId : 0;
  }

  /** Of what a burst has set off, what the job under way goes on with, and what others have made meanwhile. */
  #inJobs(burst: Burst, youngestBefore: number, event: SyscallEvent): void {
    const { current, areWaiting } = this.#resumptions;
    this.#pieces ??= new JobPieces(burst, this.#activities, this.#makings, this.#resumptions.young);
    this.#pieces.acts(current, youngestBefore, event);
    if (areWaiting) this.#pieces.begin();
  }

  /** What was made when that id was the youngest, and later, may be for any of several. */
  #isAnyones(fromId: number): void {
    const piece = nobody(fromId);
    piece.isAnyones = true;
    this.#activities.add(piece);
  }

  /** What goes on with answers first tells for what these were asked. */
  #learns(activity: Activity): void {
    const { makers, awaited, only } = this.#resumptions;
    const works = (only && makers.length > 0 ? [only] : awaited).map((maker) => maker?.work);
    if (works.length === 0 || works.includes(undefined) || activity === this.#learnt) return;
    this.#learnt = activity;
    const { message, burst } = activity;
    const answers = burst?.messages ?? [message];
    const isRepeated = works.every((work, i) => work === works[i % answers.length]);
    const isOneEach = isRepeated && new Set(works).size === answers.length;
    if (!isOneEach && works.length !== answers.length) return;
    for (const [i, answer] of answers.entries()) {
      const work = works[i]!;
      if (!(answer instanceof Call) || !answer.isAnswered || work.isAnswered || answer.work === work) continue;
      if (answer.isQueued) continue; // what goes on behind one stream's end may run with the next one's
      if (answer.isPutOff || !answer.work) answer.isAwaitedBy(work);
    }
  }

  /** The earlier activity that goes on now, since what it awaited has come. */
  #resumed(asyncId: number, socket: number): Activity | undefined {
    const { inTimers, resumed } = this.#resumptions;
    if (resumed === undefined || this.#last.burst || inTimers || asyncId !== 0) return undefined;
    const { basis } = this.#last;
    if (basis?.isGreeting && basis.request.socket === socket) return undefined; // it may have waited for its connection
    return isSame(resumed, this.#last) ? undefined : resumed;
  }

  #hasRun(handle: number): void {
    if (this.#handles.size === MAX_HANDLES) this.#handles.clear();
    this.#handles.add(handle);
  }

  /** Whether it tells when it runs timers, as far as is known. */
  get #tells(): boolean {
    return this.#tellsTimers || (this.#probes.tell && (this.#tellsRunning || this.#dueTurns < MOST_DUE));
  }

  /** Else what it does for no older connection may then be theirs. */
  #mayBeTimers({ timersDue, asyncId }: SyscallEvent): boolean {
    return (timersDue || this.#hidesTimers) && !(asyncId <= this.#last.fromId && this.#handles.has(asyncId));
  }

  /** It runs timers again and again, and does not tell when; where nobody does, that is so until it has not for long. */
  get #hidesTimers(): boolean {
    if (this.#tells) return false;
    const dueTurns = this.#probes.areAllowed ? this.#dueTurns : this.#dueTurns + 1;
    return this.#untold > MOST_UNTOLD || dueTurns * RARELY > this.#turns;
  }

  protected override turnsOver(event: SyscallEvent): void {
    this.#activities.turn(this.outcomes, event.turn === this.turn + 1);
    if (this.#runBefore) this.#awakenings.ended(this.#runBefore);
    this.#runBefore = this.#run;
    this.#run = undefined;
    this.#runsTimers = false;
    this.#turns++;
    this.#isDue = false;
    super.turnsOver(event);
  }

  /** When what it does was made or, if that was before this activity, now. */
  protected override get order(): number {
    return this.#asyncId > this.now.fromId ? this.#asyncId : this.#youngestId;
  }

  /** The earlier activity that made the resource whose callback runs now; undefined where that is of what began last. */
  #putOff(asyncId: number): Activity | undefined {
    if (asyncId === 0) return undefined;
    const maker = this.#activities.madeBy(asyncId, this.#runsTimers);
    if (maker?.isAnyones || maker?.within) return maker;
    return asyncId <= this.#last.fromId && (maker?.hasCause || maker?.run) ? maker : undefined;
  }

  override timers(): void {
    this.#tellsTimers = this.#probes.tell = true;
    this.#runsTimers = true;
    this.#beginTimers();
    this.#run = this.#last.run = new Run(this.#awakenings);
    this.#timers = this.#last;
  }

  #beginTimers(): void {
    this.turnTo(undefined);
    this.#last.isTimers = true;
  }

  /** It may have put off what follows from what it did before. */
  override turnTo(work: Work | undefined, rule: Rule = this.ownRule): void {
    this.now = this.#last = new Activity(work, rule, [], this.#youngestId);
    this.#pieces?.divide();
    this.#pieces = undefined;
    this.#activities.add(this.now);
  }

  protected override madeUnread(): void {
    if (this.#asyncId === 0 || this.#asyncId > this.#last.fromId) this.#untold++;
  }

  override makes(call: Call, rule = this.rule, isFirst = false): void {
    if (call.isQueued) {
      this.sends(call, undefined);
      return;
    }
    if (call.isPipelined && this.now.isTimers && this.now.hasCause && !this.#resumptions.inTimers)
      this.#sendsLater(call);
    call.isPutOff = this.now !== this.#last && !(this.now.within && this.#asyncId === 0);
    call.isSure = !isFirst;
    call.ids.executing = this.#asyncId;
    call.ids.youngest = this.#youngestId;
    if (!isFirst) this.#goesOn(call.port, call);
    super.makes(call, rule, isFirst);
    if (!isFirst) this.now.within?.did(call.port, { call }, this.order, this.now.work);
  }

  override answers(work: Work): void {
    super.answers(work);
    this.now.within?.did(ANSWERS, { work }, this.order, work);
  }

  override connects(socket: SocketState, port: number): void {
    this.#goesOn(port, undefined);
    socket.youngestId = this.#youngestId;
    super.connects(socket, port);
    this.now.within?.did(port, { socket }, this.order, this.now.work);
  }

  /** Of what timers set off, this is done by what waited for one: not by a callback that an older resource has. */
  #goesOn(port: number, call: Call | undefined): void {
    if (this.#asyncId === 0 || this.#asyncId > this.now.fromId) this.now.run?.did(port, call, this.order);
  }

  /** What timers have set off is sent in one go, by who came first. */
  #sendsLater(call: Call): void {
    call.setOffUnseen();
    this.now = nobody(this.now.fromId);
    this.now.run = this.#run ?? this.#runBefore;
  }

  /** Who had waited for the connection goes on, in the turn of another one. */
  protected override handsOn(call: Call, pool: Pool): boolean {
    const waiter = this.#waiterFor(call);
    const to = waiter ?? (pool.isExclusive ? this.#resumptions.caller(this.#last) : undefined);
    if (to === undefined) return false;
    if (!waiter) pool.hadWaiting(call.startUs);
    call.setOffUnseen();
    if (to.basis && !to.burst) call.setOffBy(to.basis);
    this.now = to;
    return true;
  }

  /**
   * Who has queued the call for its connection: `http.Agent` sends it because of a resource that it made then. Not a resource of that
   * connection, or of the call before on it, which is older than this activity, too. One without a work where it is not known who that was.
   */
  #waiterFor({ ids }: Call): Activity | undefined {
    const { message, fromId } = this.#last;
    const trigger = this.#triggerId;
    if (!(message instanceof Call) || trigger > fromId || this.#asyncId <= fromId || trigger <= ids.connected)
      return undefined;
    const { executing, youngest, connected } = message.ids;
    if (executing > connected && trigger > executing && trigger <= youngest) return undefined;
    const maker = this.#activities.madeBy(trigger, true);
    if (maker && maker.work === undefined) return nobody(fromId);
    return maker?.work?.isAnswered === false ? maker : undefined;
  }

  protected override get mayBePutOff(): boolean {
    return this.#hidesTimers || this.now !== this.#last || this.#resumptions.isUnknown;
  }

  /** What it does now. */
  get activity(): Activity {
    return this.now;
  }

  /**
   * A session of HTTP/2 sends it at the end of a turn, or with its next read.
   *
   * @param maker what it was made in, where that is told
   */
  sends(call: Call, maker: Activity | undefined): void {
    call.setOffUnseen();
    const only = maker ?? this.#onlyMaker(call);
    if (only === undefined) return;
    if (only.basis && !only.burst) call.setOffBy(only.basis);
    this.now = only;
    only.run?.did(call.port, call, this.order);
    call.isSure = true;
    super.makes(call, only.rule, false);
  }

  /** The only activity that may have made it. */
  #onlyMaker(call: Call): Activity | undefined {
    const { only, burst } = this.#activities.sends(call.request.socket, this.#event, this.outcomes);
    if (burst) burst.did(call.port, { call }, this.order);
    return only;
  }
}
