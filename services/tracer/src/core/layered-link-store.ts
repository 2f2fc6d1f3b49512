import type { LinkStore } from './link-store.ts';
import { type Entries, Texts } from './texts.ts';

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

  async get(keys: Texts): Promise<(string | undefined)[]> {
    const values = await this.#near.get(keys);
    const missing = [...values.keys()].filter((i) => values[i] === undefined);
    if (missing.length === 0) return values;
    const found = await this.#shared.get(Texts.of(missing.map((i) => keys.get(i))));
    for (const [n, i] of missing.entries()) values[i] = found[n];
    return values;
  }

  async set(entries: Entries): Promise<void> {
    await Promise.all([this.#near.set(entries), this.#shared.set(entries)]);
  }

  /** Both together: other tracers add members too. */
  async members(keys: Texts): Promise<(readonly string[])[]> {
    const [near, shared] = await Promise.all([this.#near.members(keys), this.#shared.members(keys)]);
    return near.map((members, i) => together(members, shared[i]));
  }

  async add(entries: Entries): Promise<void> {
    await Promise.all([this.#near.add(entries), this.#shared.add(entries)]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#near.close(), this.#shared.close()]);
  }
}

function together(near: readonly string[], shared: readonly string[]): readonly string[] {
  if (near.length === 0) return shared;
  return shared.length === 0 ? near : [...new Set([...near, ...shared])];
}
