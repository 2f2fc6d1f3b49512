import { endOfLine, readInteger } from './line.ts';

const MAX_DEPTH = 64;
const MAX_BULK = 512 * 1024 * 1024;

/** Values still to come, of the aggregates around the present place, outermost first: during a walk only. */
const left = new Int32Array(MAX_DEPTH);
let depth = 0;

/**
 * Walks over one value, of whatever size and depth, without keeping it (RESP 3 specification, `*` `%` `~` `>` `|` hold
 * further values; `$` `!` `=` say their length; all others end with the line).
 */
export class ValueWalk {
  /** What `left` was where the bytes ended; null unless a value is half walked over. */
  #left: Int32Array | null = null;

  /** Nothing is half walked over. */
  get complete(): boolean {
    return this.#left === null;
  }

  reset(): void {
    this.#left = null;
  }

  /**
   * Walks on from `at`, and starts a value if none is half walked over. Returns the index behind what was walked over,
   * beyond `end` inside a long string; `at` itself if the next line is not there yet; -1 if this is no value.
   */
  walk(bytes: Uint8Array, at: number, end: number): number {
    if (this.#left === null) {
      left[0] = 1;
      depth = 1;
    } else {
      left.set(this.#left);
      depth = this.#left.length;
    }
    const first = at;
    while (at < end && depth > 0) {
      const line = endOfLine(bytes, at + 1, end);
      if (line === -2 || (line === -1 && !isType(bytes[at]))) return this.#malformed();
      if (line === -1) break;
      const next = this.#step(bytes, at, line);
      if (next < 0) return this.#malformed();
      at = next;
    }
    const begun = at > first || depth > 1;
    this.#left = depth > 0 && begun ? left.slice(0, depth) : null;
    return at;
  }

  #step(bytes: Uint8Array, at: number, line: number): number {
    let within = 0;
    let next = line + 2;
    switch (bytes[at]) {
      case 0x2b: // +
      case 0x2d: // -
      case 0x3a: // :
      case 0x2c: // ,
      case 0x28: // (
      case 0x23: // #
      case 0x5f: // _
        break;
      case 0x24: // $
      case 0x21: // !
      case 0x3d: {
        // =
        const length = readInteger(bytes, at + 1, line);
        if (!(length >= -1 && length <= MAX_BULK)) return -1;
        if (length >= 0) next += length + 2;
        break;
      }
      case 0x2a: // *
      case 0x7e: // ~
      case 0x3e: // >
        within = readInteger(bytes, at + 1, line);
        break;
      case 0x25: // %
        within = 2 * readInteger(bytes, at + 1, line);
        break;
      case 0x7c: // | does not count: the value that it is about follows
        within = 2 * readInteger(bytes, at + 1, line) + 1;
        break;
      default:
        return -1;
    }
    if (!(within >= -2 && within <= MAX_BULK)) return -1;
    return this.#count(within) ? next : -1;
  }

  /** One value done, or begun if it has others within. */
  #count(within: number): boolean {
    left[depth - 1]--;
    if (within > 0) {
      if (depth >= MAX_DEPTH) return false;
      left[depth++] = within;
    }
    while (depth > 0 && left[depth - 1] === 0) depth--;
    return true;
  }

  #malformed(): number {
    this.reset();
    return -1;
  }
}

const types = new Uint8Array(256);
for (const byte of Buffer.from('+-:,(#_$!=*~>%|')) types[byte] = 1;

/** First byte of a value. */
export const isType = (byte: number): boolean => types[byte] === 1;
