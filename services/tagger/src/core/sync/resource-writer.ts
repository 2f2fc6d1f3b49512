import type { Resource } from '../model/resource.ts';
import { reconcile } from './reconcile.ts';
import type { ResourceStore } from './resource-store.ts';

export interface ResourceWriterOptions {
  /** Begins the ids of everything that this writer owns: `inventory/`. */
  readonly idPrefix: string;
  readonly historyMs: number;
  /** µs since the epoch. */
  readonly nowUs: () => number;
}

/** Brings the store to what a source says. Writers of different sources do not touch each other's resources. */
export class ResourceWriter {
  readonly #store: ResourceStore;
  readonly #options: ResourceWriterOptions;

  constructor(store: ResourceStore, options: ResourceWriterOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Writes what differs; returns how many documents. Throws when the store is away: call again later. */
  async write(desired: readonly Resource[]): Promise<number> {
    const { idPrefix, historyMs, nowUs } = this.#options;
    const { changes } = await this.#store.load();
    const stored = changes.flatMap(({ id, resource }) => (resource && id.startsWith(idPrefix) ? [resource] : []));
    const differing = reconcile(stored, desired, { nowUs: nowUs(), historyUs: historyMs * 1000 });
    if (differing.length > 0) await this.#store.write(await this.#store.acquire(idPrefix), differing);
    return differing.length;
  }
}
