import { Call } from './call.ts';
import { type Outcome, type Outcomes, outcomes as possible } from './outcomes.ts';
import type { SocketState } from './sockets.ts';
import type { Work } from './work.ts';

/** What is done for a message: a call, a connection that is made for one, the answer to a request. */
type Deed = { readonly call: Call } | { readonly socket: SocketState } | { readonly work: Work };
/** An answer to a call, or a request. */
type Message = Call | Work;

/** Port of deeds that are answers. */
export const ANSWERS = 0;
/** Kinds of messages of which it is tried who did what. */
const MAX_GROUPS = 4;

/**
 * One read brought several messages. What follows each of them follows in the same order: where there are as many deeds of a
 * kind (calls of one server, say) as messages, or a multiple, each belongs to its message. Else nothing is said.
 */
export class Burst {
  readonly #messages: Message[] = [];
  /** Calls beside a message, made for the same, that had no answer when it came. */
  readonly #openBeside = new Map<Message, readonly Call[]>();
  readonly #deeds = new Map<number, Deed[]>();
  readonly #outcomes: Outcomes;

  constructor(outcomes: Outcomes, ...messages: Message[]) {
    this.#outcomes = outcomes;
    for (const message of messages) this.add(message);
  }

  add(message: Message): void {
    this.#messages.push(message);
    if (message instanceof Call) this.#openBeside.set(message, message.openBeside());
  }

  did(port: number, deed: Deed): void {
    const deeds = this.#deeds.get(port);
    if (deeds) deeds.push(deed);
    else this.#deeds.set(port, [deed]);
  }

  /** Nothing more follows. */
  settle(): void {
    const going = this.#messages.filter((message, i) => this.#goesOn(message, i));
    const groups = this.#groups(going);
    const all: Outcome = {
      answers: this.#deeds.has(ANSWERS),
      calls: this.#deeds.size > Number(this.#deeds.has(ANSWERS)),
    };
    const isUsual = [...groups.keys()].every((kind) => this.#outcomes.mayBe(kind, all));
    if (isUsual && this.#divides(going.length)) this.#assign(going, all);
    else if (isUsual && this.#divides(this.#messages.length)) this.#assign(this.#messages, all);
    else this.#divide(going, groups);
    this.#deeds.clear();
  }

  /** Whether nothing else is waited for: what was called beside it is answered, or is so behind it in the same read. */
  #goesOn(message: Message, place: number): boolean {
    const beside = this.#openBeside.get(message);
    return beside === undefined || beside.every((call) => call === message || this.#isBefore(call, place));
  }

  #isBefore(call: Call, place: number): boolean {
    const at = this.#messages.indexOf(call);
    return at >= 0 && at < place;
  }

  /** Whether of each kind there is as much for each of them. */
  #divides(messages: number): boolean {
    return messages > 0 && [...this.#deeds.values()].every((deeds) => deeds.length % messages === 0);
  }

  #groups(messages: readonly Message[]): Map<string, Message[]> {
    const groups = new Map<string, Message[]>();
    for (const message of messages) {
      const kind = message instanceof Call ? message.path : '';
      groups.set(kind, [...(groups.get(kind) ?? []), message]);
    }
    return groups;
  }

  /** Not all of them go on in the same way, but those that came about alike do: if that fits in one way alone, it is so. */
  #divide(going: readonly Message[], groups: Map<string, Message[]>): void {
    if (groups.size > MAX_GROUPS) return;
    let fitting: Outcome[][] = [[]];
    for (const _ of groups) fitting = fitting.flatMap((before) => possible.map((one) => [...before, one]));
    const kinds = [...groups.keys()];
    const sizes = [...groups.values()].map(({ length }) => length);
    fitting = fitting.filter((ways) => this.#fits(ways, sizes));
    if (fitting.length > 1)
      fitting = fitting.filter((ways) => ways.every((way, i) => this.#outcomes.mayBe(kinds[i], way)));
    if (fitting.length !== 1) return;
    for (const way of possible) {
      const those = new Set(kinds.flatMap((kind, i) => (fitting[0][i] === way ? groups.get(kind)! : [])));
      this.#assign(
        going.filter((message) => those.has(message)),
        way,
      );
    }
  }

  #fits(ways: readonly Outcome[], sizes: readonly number[]): boolean {
    const those = (does: (way: Outcome) => boolean) =>
      sizes.reduce((sum, size, i) => sum + (does(ways[i]) ? size : 0), 0);
    const answering = those((way) => way.answers);
    const calling = those((way) => way.calls);
    let isCalling = false;
    for (const [port, { length }] of this.#deeds) {
      if (port === ANSWERS) {
        if (answering !== length) return false;
        continue;
      }
      isCalling = true;
      if (calling === 0 || length % calling !== 0) return false;
    }
    return (this.#deeds.has(ANSWERS) || answering === 0) && (isCalling || calling === 0);
  }

  /** To each its share of the deeds of these kinds, in their order. */
  #assign(messages: readonly Message[], { answers, calls }: Outcome): void {
    const kinds = [...this.#deeds].filter(([port]) => (port === ANSWERS ? answers : calls));
    for (const [i, message] of messages.entries()) {
      const shares = kinds.map(([, deeds]) => {
        const share = deeds.length / messages.length;
        return deeds.slice(i * share, (i + 1) * share);
      });
      if (message instanceof Call) this.#setOff(message, shares.flat());
      else for (const deed of shares.flat()) own(deed, message);
    }
  }

  #setOff(answer: Call, deeds: readonly Deed[]): void {
    for (const deed of deeds) {
      if ('call' in deed) deed.call.setOffBy(answer);
      else if ('socket' in deed) deed.socket.basis = answer;
    }
    const works = new Set(deeds.flatMap((deed) => ('work' in deed ? [deed.work] : [])));
    if (answer.work) works.add(answer.work);
    if (works.size !== 1) return; // they disagree, or do not tell
    const [work] = works;
    answer.leadsTo(work);
    for (const deed of deeds) own(deed, work);
  }
}

function own(deed: Deed, work: Work): void {
  if ('call' in deed) deed.call.claim(work, 'response_order');
  else if ('socket' in deed) deed.socket.owner ??= work;
}
