import type { L7Options } from '../../options.ts';
import { traceHeaderNames } from '../../trace-context/trace-headers.ts';

/** Fields that say how long a message is, and what follows it. */
const framing = ['upgrade', 'content-length', 'transfer-encoding'];
/** Fields with a meaning of their own for records. */
const described = ['host', 'location', 'user-agent'];

const none: readonly number[] = [];

/** Which headers are read. Most of the others are told from them by first letter and length. */
export class WantedHeaders {
  readonly #names: ReadonlySet<string>;
  /** Lengths of the names that begin with a letter, by its last five bits: the same for both cases. */
  readonly #lengths: (readonly number[])[] = new Array(32).fill(none);

  constructor(options: L7Options) {
    const names = options.details ? [...traceHeaderNames(options), ...options.privacy.headers] : [];
    this.#names = new Set(names.filter((name) => name.length < 256));
    const own = options.details ? [...framing, ...described] : framing;
    for (const name of [...own, ...this.#names]) {
      const letter = name.charCodeAt(0) & 31;
      this.#lengths[letter] = [...new Set([...this.#lengths[letter], name.length])];
    }
  }

  /** Lengths of the names that may begin with this byte. */
  lengthsOf(firstByte: number): readonly number[] {
    return this.#lengths[firstByte & 31];
  }

  /**
   * Is the name configured, or one of trace context?
   *
   * @param name in lower case
   */
  has(name: string): boolean {
    return this.#names.has(name);
  }
}
