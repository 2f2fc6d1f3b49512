import { defaultLinkStore, type Entry, type LinkStore, type LinkStoreOptions } from './link-store.ts';

export interface MemoryLinkStoreOptions extends LinkStoreOptions {
  /** Most keys of a generation: two generations are held. */
  readonly maxKeys: number;
  readonly now?: () => number;
}

const defaults: MemoryLinkStoreOptions = { ...defaultLinkStore, maxKeys: 1_000_000 };

/**
 * Links in this process. Two generations of maps: the older one is thrown away after the time to live or when the
 * younger is full, so that forgetting costs nothing per key.
 *
 *     set -> [ younger ] --ttl or full--> [ older ] --again--> gone
 */
export class MemoryLinkStore implements LinkStore {
  readonly #options: MemoryLinkStoreOptions;
  readonly #values = new Generations<string>();
  readonly #members = new Generations<Set<string>>();
  #turnedAt: number;

  constructor(options: Partial<MemoryLinkStoreOptions> = {}) {
    this.#options = { ...defaults, ...options };
    this.#turnedAt = this.#now();
  }

  async get(keys: readonly string[]): Promise<(string | undefined)[]> {
    this.#turn();
    return keys.map((key) => this.#values.get(key));
  }

  async set(entries: readonly Entry[]): Promise<void> {
    this.#turn();
    for (const [key, value] of entries) this.#values.young.set(key, value);
  }

  async members(keys: readonly string[]): Promise<string[][]> {
    this.#turn();
    return keys.map((key) => [...(this.#members.get(key) ?? [])]);
  }

  async add(entries: readonly Entry[]): Promise<void> {
    this.#turn();
    for (const [key, member] of entries) {
      const members = this.#members.get(key) ?? new Set();
      if (members.size < this.#options.maxMembers) members.add(member);
      this.#members.young.set(key, members);
    }
  }

  async close(): Promise<void> {
    this.#values.clear();
    this.#members.clear();
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #turn(): void {
    const { ttlMs, maxKeys } = this.#options;
    const full = this.#values.young.size >= maxKeys || this.#members.young.size >= maxKeys;
    const age = this.#now() - this.#turnedAt;
    if (!full && age < ttlMs) return;
    this.#turnedAt = this.#now();
    for (let turns = age < 2 * ttlMs ? 1 : 2; turns > 0; turns--) {
      this.#values.turn();
      this.#members.turn();
    }
  }
}

class Generations<V> {
  young = new Map<string, V>();
  #old = new Map<string, V>();

  get(key: string): V | undefined {
    return this.young.get(key) ?? this.#old.get(key);
  }

  turn(): void {
    this.#old = this.young;
    this.young = new Map();
  }

  clear(): void {
    this.young.clear();
    this.#old.clear();
  }
}
