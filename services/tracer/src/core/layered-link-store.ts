import type { Entry, LinkStore } from './link-store.ts';

/**
 * A store that all tracers share behind one of this process. Own links are found without asking the shared one, and are
 * still there while it is away.
 */
export class LayeredLinkStore implements LinkStore {
  readonly #near: LinkStore;
  readonly #shared: LinkStore;

  constructor(near: LinkStore, shared: LinkStore) {
    this.#near = near;
    this.#shared = shared;
  }

  async get(keys: readonly string[]): Promise<(string | undefined)[]> {
    const values = await this.#near.get(keys);
    const missing = [...keys.keys()].filter((i) => values[i] === undefined);
    if (missing.length === 0) return values;
    const found = await this.#shared.get(missing.map((i) => keys[i]));
    for (const [n, i] of missing.entries()) values[i] = found[n];
    return values;
  }

  async set(entries: readonly Entry[]): Promise<void> {
    await Promise.all([this.#near.set(entries), this.#shared.set(entries)]);
  }

  /** Both together: other tracers add members too. */
  async members(keys: readonly string[]): Promise<string[][]> {
    const [near, shared] = await Promise.all([this.#near.members(keys), this.#shared.members(keys)]);
    return keys.map((_, i) => [...new Set([...near[i], ...shared[i]])]);
  }

  async add(entries: readonly Entry[]): Promise<void> {
    await Promise.all([this.#near.add(entries), this.#shared.add(entries)]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#near.close(), this.#shared.close()]);
  }
}
