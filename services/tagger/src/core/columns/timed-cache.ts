import { WordTable } from '@flowloom/records';
import type { Validity } from '../model/claim-table.ts';

/** Answers by a key of words, each good for an interval of event time. Bounded: it forgets all when it is full. */
export class TimedCache<T extends { readonly validity: Validity }> {
  readonly #table: WordTable;
  readonly #answers: T[][] = [];
  readonly #maxKeys: number;

  constructor(width: number, maxKeys: number) {
    this.#table = new WordTable(width);
    this.#maxKeys = maxKeys;
  }

  /** Write the key here before `get`. */
  get key(): Uint32Array {
    return this.#table.key;
  }

  /** The answer for the key at that time; `find` makes it where there is none. */
  get(timeUs: number, find: () => T): T {
    const number = this.#table.add();
    const answers = this.#answers[number];
    if (answers !== undefined) {
      for (const answer of answers) {
        if (answer.validity.fromUs <= timeUs && timeUs < answer.validity.toUs) return answer;
      }
    }
    return this.#remember(number, find());
  }

  clear(): void {
    this.#table.clear();
    this.#answers.length = 0;
  }

  #remember(number: number, answer: T): T {
    if (number >= this.#maxKeys) {
      this.clear();
      return answer;
    }
    const answers = this.#answers[number];
    if (answers) answers.push(answer);
    else this.#answers[number] = [answer];
    return answer;
  }
}
