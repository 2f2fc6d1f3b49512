import type { L7Options } from '../../options.ts';
import { traceHeaderNames } from '../../trace-context/trace-headers.ts';

/** Fields that say how long a message is, and what follows it. */
const framing = ['upgrade', 'content-length', 'transfer-encoding'];
/** Fields with a meaning of their own for records. */
const described = ['host', 'location', 'user-agent'];

/** Which headers are read. Most of the others are told from them by length and first letter. */
export class WantedHeaders {
  readonly #names: ReadonlySet<string>;
  /** Bit of the first letter, by length of the name. */
  readonly #letters = new Int32Array(256);

  constructor(options: L7Options) {
    const names = options.details ? [...traceHeaderNames(options), ...options.privacy.headers] : [];
    this.#names = new Set(names.filter((name) => name.length < 256));
    const own = options.details ? [...framing, ...described] : framing;
    for (const name of [...own, ...this.#names]) this.#letters[name.length] |= letter(name.charCodeAt(0));
  }

  /** Quick answer, wrong only with true. */
  mayHave(length: number, firstByte: number): boolean {
    return length < 256 && (this.#letters[length] & letter(firstByte)) !== 0;
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

const letter = (byte: number): number => 1 << (byte & 31);
