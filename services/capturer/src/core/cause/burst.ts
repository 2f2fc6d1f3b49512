import type { Call } from './call.ts';
import type { SocketState } from './sockets.ts';
import type { Work } from './work.ts';

/** What is done for an answer: a call, a connection that is made for one, the answer to a request. */
type Deed = { readonly call: Call } | { readonly socket: SocketState } | { readonly work: Work };

/**
 * One read brought the answers of several calls. What follows each of them follows in the same order: where there are as
 * many deeds of a kind (calls of one server, say) as answers, or a multiple, each belongs to its answer. Else nothing is said.
 */
export class Burst {
  readonly #answers: Call[];
  /** By port of who is called; 0 for answers to requests. */
  readonly #deeds = new Map<number, Deed[]>();

  constructor(...answers: Call[]) {
    this.#answers = answers;
  }

  add(answer: Call): void {
    this.#answers.push(answer);
  }

  did(port: number, deed: Deed): void {
    const deeds = this.#deeds.get(port);
    if (deeds) deeds.push(deed);
    else this.#deeds.set(port, [deed]);
  }

  /** The next read: nothing more follows. */
  settle(): void {
    const groups = [...this.#deeds.values()].map((deeds) => ({ deeds, size: deeds.length / this.#answers.length }));
    const whole = groups.filter(({ size }) => Number.isInteger(size));
    for (const [i, answer] of this.#answers.entries()) {
      const deeds = whole.flatMap(({ deeds, size }) => deeds.slice(i * size, (i + 1) * size));
      for (const deed of deeds) if ('call' in deed) deed.call.setOffBy(answer);
      const works = new Set(deeds.flatMap((deed) => ('work' in deed ? [deed.work] : [])));
      if (answer.work) works.add(answer.work);
      if (works.size !== 1) continue; // they disagree, or do not tell
      const [work] = works;
      answer.leadsTo(work);
      for (const deed of deeds) {
        if ('call' in deed) deed.call.claim(work, 'response_order');
        else if ('socket' in deed) deed.socket.owner ??= work;
      }
    }
  }
}
