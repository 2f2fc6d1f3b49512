import { defaultLinkStore, type LinkStore, type LinkStoreOptions, noMembers } from './link-store.ts';
import { MAX_MAP_BYTES, TextMap } from './text-map.ts';
import type { Entries, Texts } from './texts.ts';

export interface MemoryLinkStoreOptions extends LinkStoreOptions {
  /** Most memory that links take; then the older half is forgotten early. */
  readonly maxBytes: number;
  readonly now?: () => number;
}

const MiB = 2 ** 20;
export const defaultMemoryLinkStore: MemoryLinkStoreOptions = { ...defaultLinkStore, maxBytes: 256 * MiB };

/**
 * Links in this process. Two generations of maps: the older one is thrown away after the time to live or when the
 * younger is full, so that forgetting costs nothing per key.
 *
 *     set -> [ younger ] --ttl or full--> [ older ] --again--> gone
 */
export class MemoryLinkStore implements LinkStore {
  readonly #options: MemoryLinkStoreOptions;
  readonly #values: Generations;
  readonly #members: Generations;

  constructor(options: Partial<MemoryLinkStoreOptions> = {}) {
    this.#options = { ...defaultMemoryLinkStore, ...options };
    const { ttlMs, maxBytes, now = Date.now } = this.#options;
    this.#values = new Generations(ttlMs, Math.min(maxBytes / 4, MAX_MAP_BYTES), now);
    this.#members = new Generations(ttlMs, Math.min(maxBytes / 4, MAX_MAP_BYTES), now);
  }

  /** Memory that the links take. */
  get bytes(): number {
    return this.#values.bytes + this.#members.bytes;
  }

  async get(keys: Texts): Promise<(string | undefined)[]> {
    this.#values.turn();
    const { young, old } = this.#values;
    const values: (string | undefined)[] = [];
    for (let n = 0; n < keys.length; n++) values.push(young.get(keys, n) ?? old.get(keys, n));
    return values;
  }

  async set(entries: Entries): Promise<void> {
    this.#values.turn();
    for (let n = 0; n < entries.length; n++) {
      if (this.#values.isFull) this.#values.turn();
      this.#values.young.set(entries, n);
    }
  }

  async members(keys: Texts): Promise<(readonly string[])[]> {
    this.#members.turn();
    const { young, old } = this.#members;
    // Many ask for the same at once.
    const known = new Map<number, readonly string[]>();
    const members: (readonly string[])[] = [];
    for (let n = 0; n < keys.length; n++) {
      const added = young.find(keys, n);
      const before = old.find(keys, n);
      if (added !== 0 && before !== 0) members.push(this.#together(old.all(before), young.all(added)));
      else if (added === 0 && before === 0) members.push(noMembers);
      else {
        let own = known.get(added - before);
        if (own === undefined) known.set(added - before, (own = added !== 0 ? young.all(added) : old.all(before)));
        members.push(own);
      }
    }
    return members;
  }

  async add(entries: Entries): Promise<void> {
    const { maxMembers } = this.#options;
    this.#members.turn();
    for (let n = 0; n < entries.length; n++) {
      if (this.#members.isFull) this.#members.turn();
      this.#members.young.add(entries, n, maxMembers);
    }
  }

  async close(): Promise<void> {
    this.#values.clear();
    this.#members.clear();
  }

  #together(before: readonly string[], added: readonly string[]): readonly string[] {
    return [...new Set([...before, ...added])].slice(0, this.#options.maxMembers);
  }
}

/** What was written in the last time to live, and in the one before. */
class Generations {
  readonly #ttlMs: number;
  readonly #maxBytes: number;
  readonly #now: () => number;
  young = new TextMap();
  old = new TextMap();
  #turnedAt: number;

  /** Each of the two takes at most `maxBytes`, and what one more entry needs. */
  constructor(ttlMs: number, maxBytes: number, now: () => number) {
    this.#ttlMs = ttlMs;
    this.#maxBytes = maxBytes;
    this.#now = now;
    this.#turnedAt = now();
  }

  get bytes(): number {
    return this.young.bytes + this.old.bytes;
  }

  get isFull(): boolean {
    return this.young.bytes >= this.#maxBytes;
  }

  /** Begins the next generation if it is time to. */
  turn(): void {
    const age = this.#now() - this.#turnedAt;
    if (age < this.#ttlMs && !this.isFull) return;
    this.#turnedAt = this.#now();
    this.old = age < 2 * this.#ttlMs ? this.young : new TextMap();
    this.young = new TextMap();
  }

  clear(): void {
    this.young = new TextMap();
    this.old = new TextMap();
  }
}
