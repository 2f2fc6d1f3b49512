import type { L7Options } from '../../options.ts';
import { traceHeaderNames } from '../../trace-context/trace-headers.ts';

/** Which headers beyond those of HTTP itself are read. Most are told from a wanted one by length and first letter. */
export class WantedHeaders {
  readonly #names: ReadonlySet<string>;
  /** Bit of the first letter, by length of the name. */
  readonly #letters = new Int32Array(256);

  constructor(options: L7Options) {
    const names = [...traceHeaderNames(options), ...options.privacy.headers];
    this.#names = new Set(names.filter((name) => name.length < 256));
    for (const name of this.#names) this.#letters[name.length] |= letter(name.charCodeAt(0));
  }

  /** Quick answer, wrong only with true. */
  mayHave(length: number, firstByte: number): boolean {
    return length < 256 && (this.#letters[length] & letter(firstByte)) !== 0;
  }

  /** @param name in lower case */
  has(name: string): boolean {
    return this.#names.has(name);
  }
}

const letter = (byte: number): number => 1 << (byte & 31);
