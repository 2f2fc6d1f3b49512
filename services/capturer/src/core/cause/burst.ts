import { Call } from './call.ts';
import { NOTHING, type Outcome, type Outcomes } from './outcomes.ts';
import { madeBy, type SocketState } from './sockets.ts';
import type { Work } from './work.ts';

/** What is done for a message: a call, a connection that is made for one, the answer to a request. */
export type Deed = { readonly call: Call } | { readonly socket: SocketState } | { readonly work: Work };
/** An answer to a call, or a request. */
export type Message = Call | Work;

/** Port of deeds that are answers. */
export const ANSWERS = 0;
/** Kinds of messages of which it is tried who did what. */
const MAX_KINDS = 3;
/** Kind of those that led to an answer, where others did not. */
const ANSWERED = 'answered';
const AN_ANSWER: Outcome = new Map([[ANSWERS, 1]]);
/** Of more nothing is said: whoever pipelines so much does it for one request, mostly. */
const MAX_MESSAGES = 512;

/** Somebody who is not answered yet, and the message with which that one goes on. */
export interface Going {
  readonly message: Message;
  readonly work: Work;
}

/** How many of which deeds each message of a kind is believed to have led to. */
type Shares = ReadonlyMap<string, Outcome>;
/** Requests that were answered among the deeds. */
type Answered = ReadonlySet<Work | undefined>;

/**
 * One read brought several messages. What follows each of them follows in the same order: where there are as many deeds of a
 * kind (calls of one server, say) as messages, or a multiple, each belongs to its message. Else nothing is said.
 */
export class Burst {
  readonly messages: Message[] = [];
  /** How many answers there had been when it came. */
  readonly #answers: number[] = [];
  /** Those beside which a connection was being made. */
  readonly #waiting = new Set<Message>();
  readonly #deeds = new Map<number, Deed[]>();
  readonly #orders = new Map<Deed, number>();
  /** For what some of them are known to be done. */
  readonly #known = new Map<Deed, Work>();
  readonly #outcomes: Outcomes;
  #isSettled = false;
  /** Jobs go on with them, and each answers at once if it does: those that have not lead to something else. */
  areJobs = false;
  /** Only what every one of these kinds usually leads to counts; streams of HTTP/2 are gone on with in any order. */
  isStrict = false;

  constructor(outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  /** @param answers how many answers there have been so far */
  add(message: Message, answers: number): void {
    if (this.messages.length > MAX_MESSAGES) return;
    this.messages.push(message);
    this.#answers.push(answers);
    if (message instanceof Call && message.isConnectingBeside) this.#waiting.add(message);
  }

  /**
   * @param order what it was done for came in this order: it may have been put off
   * @param work for what it is known to be done
   */
  did(port: number, deed: Deed, order: number, work?: Work): void {
    if (this.messages.length > MAX_MESSAGES || this.#isSettled) return;
    if (work) this.#known.set(deed, work);
    const deeds = this.#deeds.get(port) ?? [];
    this.#deeds.set(port, deeds);
    this.#orders.set(deed, order);
    let at = deeds.length;
    while (at > 0 && this.#orders.get(deeds[at - 1])! > order) at--;
    deeds.splice(at, 0, deed);
  }

  /** Of whom none is answered yet, in the order of their messages; undefined where they are not known, or one has several. */
  going(): Going[] | undefined {
    const answered = this.#answered();
    const works = new Set<Work>();
    const going: Going[] = [];
    for (const message of this.messages) {
      const work = workOf(message);
      if (work === undefined || works.has(work)) return undefined;
      works.add(work);
      if (!answered.has(work)) going.push({ message, work });
    }
    return going;
  }

  #answered(): Answered {
    const deeds = this.#deeds.get(ANSWERS) ?? [];
    return new Set(deeds.flatMap((deed) => ('work' in deed ? [deed.work] : [])));
  }

  /** The answer with which that work goes on, if there is one alone. */
  answerFor(work: Work | undefined): Call | undefined {
    const own = this.messages.filter((message) => work !== undefined && workOf(message) === work);
    return own.length === 1 && own[0] instanceof Call ? own[0] : undefined;
  }

  /** Nothing more follows. */
  settle(): void {
    if (this.messages.length > MAX_MESSAGES || this.#isSettled) return;
    this.#isSettled = true;
    const going = this.messages.filter((message, i) => this.#goesOn(message, i));
    if (going.some(hasWaited) && !going.every(hasWaited)) return; // who did what before that is not known
    if (this.isStrict && this.messages.some((message) => message instanceof Call && message.isQueued)) return;
    const answered = this.#answered();
    const kinds = this.#kinds(going, answered);
    const sizes = new Map<string, number>();
    for (const kind of kinds) sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
    const shares = this.#shares(sizes, going, kinds, answered);
    if (shares)
      this.#assign(
        going,
        kinds.map((kind) => shares.get(kind)!),
      );
    this.#deeds.clear();
    this.#orders.clear();
    this.#known.clear();
  }

  /** Of which kind each is, once: what is learnt of one message may change that of another. Those that are for what was answered are one. */
  #kinds(going: readonly Message[], answered: Answered): string[] {
    const areDone = going.map((message) => answered.has(workOf(message)));
    const isSplit = this.areJobs && areDone.includes(true) && areDone.includes(false);
    return going.map((message, i) => (isSplit && areDone[i] ? ANSWERED : kindOf(message)));
  }

  /** Whether nothing else was waited for: what was called beside it was answered, maybe in the same read before it. */
  #goesOn(message: Message, place: number): boolean {
    return !(message instanceof Call) || (!this.#waiting.has(message) && message.isLastAt(this.#answers[place]));
  }

  /** What each kind has led to, if that fits in one way alone with what is there and with what kinds usually lead to. */
  #shares(
    sizes: ReadonlyMap<string, number>,
    going: readonly Message[],
    kinds: readonly string[],
    answered: Answered,
  ): Shares | undefined {
    const known = new Map<string, Outcome>();
    const rest = new Map([...this.#deeds].map(([port, { length }]) => [port, length]));
    const open: string[] = [];
    for (const [kind, size] of sizes) {
      const usual = kind === ANSWERED ? AN_ANSWER : this.#outcomes.usual(kind);
      if (usual === undefined) open.push(kind);
      else {
        known.set(kind, usual);
        for (const [port, count] of usual) rest.set(port, (rest.get(port) ?? 0) - count * size);
      }
    }
    const left = new Map([...rest].filter(([, count]) => count !== 0));
    if (open.length > (this.isStrict ? 0 : MAX_KINDS) || [...left.values()].some((count) => count < 0))
      return undefined;
    const ways = this.#ways(open, sizes, left);
    const fitting = ways.length > 1 ? ways.filter((way) => isFor(way, going, kinds, answered)) : ways;
    if (fitting.length !== 1) return undefined;
    const shares = new Map([...known, ...fitting[0]]);
    if (isRefuted(shares, going, kinds, answered)) return undefined;
    const [kind] = sizes.keys();
    if (sizes.size === 1 && open.length === 1)
      for (let i = sizes.get(kind)!; i > 0; i--) this.#outcomes.saw(kind, shares.get(kind)!);
    return shares;
  }

  /** Each kind may have led to answers, to calls, or to nothing; all of one kind to the same. A kind alone did all there is. */
  #ways(kinds: readonly string[], sizes: ReadonlyMap<string, number>, left: ReadonlyMap<number, number>): Shares[] {
    const sizeOf = (some: readonly string[]) => some.reduce((sum, kind) => sum + sizes.get(kind)!, 0);
    if (kinds.length === 1) {
      const share = left.size === 0 ? NOTHING : shareOf(left, sizeOf(kinds));
      return share ? [new Map([[kinds[0], share]])] : [];
    }
    const answers = new Map([...left].filter(([port]) => port === ANSWERS));
    const calls = new Map([...left].filter(([port]) => port !== ANSWERS));
    let ways: { answering: string[]; calling: string[] }[] = [{ answering: [], calling: [] }];
    for (const kind of kinds) {
      ways = ways.flatMap((way) => [
        way,
        { ...way, answering: [...way.answering, kind] },
        { ...way, calling: [...way.calling, kind] },
      ]);
    }
    return ways.flatMap(({ answering, calling }) => {
      const [answered, called] = [shareOf(answers, sizeOf(answering)), shareOf(calls, sizeOf(calling))];
      if (answered === undefined || called === undefined || (answered.get(ANSWERS) ?? 1) !== 1) return [];
      const of = (kind: string) => (answering.includes(kind) ? answered : calling.includes(kind) ? called : NOTHING);
      return [new Map(kinds.map((kind) => [kind, of(kind)]))];
    });
  }

  /** To each its share of the deeds, in their order, unless that is known better of one of them. */
  #assign(messages: readonly Message[], shares: readonly Outcome[]): void {
    const taken = new Map<number, number>();
    const owns = shares.map((share) =>
      [...share].flatMap(([port, count]) => {
        const from = taken.get(port) ?? 0;
        taken.set(port, from + count);
        return this.#deeds.get(port)!.slice(from, from + count);
      }),
    );
    if (messages.some((message, i) => this.#isKnownBetter(message, owns[i]))) return;
    for (const [i, message] of messages.entries()) {
      if (message instanceof Call) this.#setOff(message, owns[i]);
      else for (const deed of owns[i]) claim(deed, message);
    }
  }

  #isKnownBetter(message: Message, deeds: readonly Deed[]): boolean {
    const works = new Set(
      [workOf(message), ...deeds.map((deed) => this.#known.get(deed))].filter((work) => work !== undefined),
    );
    return works.size > 1;
  }

  #setOff(answer: Call, deeds: readonly Deed[]): void {
    for (const deed of deeds) {
      if ('call' in deed) deed.call.setOffBy(answer);
      else if ('socket' in deed) madeBy(deed.socket, answer);
    }
    const works = new Set(deeds.flatMap((deed) => ('work' in deed ? [deed.work] : (this.#known.get(deed) ?? []))));
    if (answer.work) works.add(answer.work);
    if (works.size !== 1) return; // they disagree, or do not tell
    const [work] = works;
    answer.leadsTo(work);
    for (const deed of deeds) claim(deed, work);
  }
}

/** What came about alike leads to the same, mostly. */
export const kindOf = (message: Message): string => (message instanceof Call ? message.path : '');

const hasWaited = (message: Message): boolean => message instanceof Call && message.hasWaited;

const workOf = (message: Message): Work | undefined => (message instanceof Call ? message.work : message);

/** Whether those kinds lead to answers of which it is known that all of their messages, and no others, are for what was `answered`. */
function isFor(shares: Shares, going: readonly Message[], kinds: readonly string[], answered: Answered): boolean {
  return going.every((message, i) => {
    const work = workOf(message);
    return work !== undefined && shares.get(kinds[i])?.has(ANSWERS) === answered.has(work);
  });
}

/** Whether one that is for what was `answered`, as far as is known, would have led to something else. */
function isRefuted(shares: Shares, going: readonly Message[], kinds: readonly string[], answered: Answered): boolean {
  return going.some((message, i) => answered.has(workOf(message)) && !shares.get(kinds[i])!.has(ANSWERS));
}

function claim(deed: Deed, work: Work): void {
  if ('call' in deed) deed.call.claim(work, 'response_order');
  else if ('socket' in deed) deed.socket.owner ??= work;
}

/** As much for each of them; undefined where that does not come out even. None do nothing, and some do something. */
function shareOf(deeds: ReadonlyMap<number, number>, messages: number): Outcome | undefined {
  if ((messages === 0) !== (deeds.size === 0)) return undefined;
  if ([...deeds.values()].some((count) => count % messages !== 0)) return undefined;
  return new Map([...deeds].map(([port, count]) => [port, count / messages]));
}
