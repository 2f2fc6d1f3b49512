import { defaultLinkStore, type Entry, type LinkStore, type LinkStoreOptions } from './link-store.ts';
import { TextMap } from './text-map.ts';

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
  readonly #values = new Generations<string, TextMap>(() => new TextMap());
  readonly #members = new Generations<Set<string>, Map<string, Set<string>>>(() => new Map());
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
    for (const [key, value] of entries) {
      if (this.#values.young.set(key, value)) continue;
      this.#values.turn();
      this.#values.young.set(key, value);
    }
  }

  async members(keys: readonly string[]): Promise<string[][]> {
    this.#turn();
    return keys.map((key) => {
      const members = this.#members.get(key);
      return members ? [...members] : [];
    });
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

interface Table<V> {
  get(key: string): V | undefined;
}

class Generations<V, T extends Table<V>> {
  readonly #make: () => T;
  young: T;
  #old: T;

  constructor(make: () => T) {
    this.#make = make;
    this.young = make();
    this.#old = make();
  }

  get(key: string): V | undefined {
    return this.young.get(key) ?? this.#old.get(key);
  }

  turn(): void {
    this.#old = this.young;
    this.young = this.#make();
  }

  clear(): void {
    this.turn();
    this.turn();
  }
}
