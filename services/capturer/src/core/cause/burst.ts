import { Call } from './call.ts';
import { Work } from './work.ts';

/**
 * One read brought the answers of several calls. What follows each of them is written in the same order: where the messages
 * fall into as many equal groups, each belongs to its answer. Else nothing is said.
 */
export class Burst {
  readonly #answers: Call[];
  readonly #written: (Call | Work)[] = [];

  constructor(...answers: Call[]) {
    this.#answers = answers;
  }

  add(answer: Call): void {
    this.#answers.push(answer);
  }

  /** A call, or the begin of the answer to a request. */
  wrote(message: Call | Work): void {
    this.#written.push(message);
  }

  /** The next read: nothing more follows. */
  settle(): void {
    const groups = this.#answers.length;
    const size = this.#written.length / groups;
    if (size === 0 || !Number.isInteger(size)) return;
    const group = (i: number) => this.#written.slice(i * size, (i + 1) * size);
    const first = group(0).map(kindOf).join();
    const works = this.#answers.map((answer, i) => this.#workOf(answer, group(i)));
    if (!works.every((work, i) => work !== undefined && group(i).map(kindOf).join() === first)) return;
    for (const [i, work] of works.entries()) {
      this.#answers[i].claim(work!, 'response_order');
      for (const one of group(i)) if (one instanceof Call) one.claim(work!, 'response_order');
    }
  }

  /** What the group was written for; undefined where answer and group disagree or do not tell. */
  #workOf(answer: Call, group: readonly (Call | Work)[]): Work | undefined {
    const answered = group.filter((one) => one instanceof Work);
    const works = new Set(answer.work ? [answer.work, ...answered] : answered);
    return works.size === 1 ? [...works][0] : undefined;
  }
}

const kindOf = (message: Call | Work): number => (message instanceof Call ? message.port : -1);
