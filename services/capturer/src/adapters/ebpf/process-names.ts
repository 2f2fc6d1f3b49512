const MAX_NAMES = 4096;

/** Names of processes, 16 bytes that end with a zero: the text of each is made once. */
export class ProcessNames {
  readonly #names = new Map<number, { words: readonly number[]; text: string }>();

  /** The name in four words from `at`. */
  name(words: Uint32Array, at: number): string {
    const a = words[at];
    const b = words[at + 1];
    const c = words[at + 2];
    const d = words[at + 3];
    const key = Math.imul(a, 31) ^ Math.imul(b, 17) ^ Math.imul(c, 13) ^ d;
    const known = this.#names.get(key);
    if (known !== undefined) {
      const { words: w } = known;
      if (w[0] === a && w[1] === b && w[2] === c && w[3] === d) return known.text;
    }
    const bytes = Buffer.from(words.buffer, words.byteOffset + 4 * at, 16);
    const end = bytes.indexOf(0);
    const text = bytes.toString('utf8', 0, end < 0 ? 16 : end);
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.set(key, { words: [a, b, c, d], text });
    return text;
  }
}
