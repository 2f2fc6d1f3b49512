import type { ResourceIndex } from '../model/resource-index.ts';
import type { Coverage } from './knowledge.ts';
import { GapError, type ResourceChange, type ResourceStore } from './resource-store.ts';

export interface FollowerListener {
  /** The store answers: the local copy is as it says. By source, for which times. */
  fresh(coverage: ReadonlyMap<string, Coverage>): void;
  /** The store does not answer; the local copy is used on. */
  away(error: Error): void;
  /** Changes were missed: the copy is loaded anew. */
  gap(error: Error): void;
}

export interface FollowerOptions {
  readonly listener: FollowerListener;
  /** Waits; ends early when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** µs since the epoch. */
  readonly nowUs: () => number;
}

const firstPauseMs = 100;
const longestPauseMs = 1000;

/** Keeps an index as the store is: a snapshot, then its changes; after a gap a snapshot again. Never gives up. */
export class ResourceFollower {
  readonly #store: ResourceStore;
  readonly #index: ResourceIndex;
  readonly #options: FollowerOptions;
  readonly #versions = new Map<string, number>();
  /** All changes up to here are in the index; undefined before the first snapshot. */
  #version: number | undefined;

  constructor(store: ResourceStore, index: ResourceIndex, options: FollowerOptions) {
    this.#store = store;
    this.#index = index;
    this.#options = options;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { listener, sleep } = this.#options;
    for (let pauseMs = firstPauseMs; !signal.aborted; ) {
      try {
        this.#version ??= await this.#load();
        for await (const { changes, coverage } of this.#store.changes(this.#version, signal)) {
          for (const change of changes) this.#apply(change);
          this.#version = changes.at(-1)?.version ?? this.#version;
          listener.fresh(coverage);
          pauseMs = firstPauseMs;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof GapError) {
          listener.gap(error);
          this.#version = undefined;
        } else listener.away(error as Error);
        await sleep(pauseMs, signal).catch(() => {});
        pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      }
    }
  }

  /** Takes the store's word for everything: what it no longer knows ends now, and stays as history. */
  async #load(): Promise<number> {
    const { version, changes } = await this.#store.load();
    const present = new Set(changes.map(({ id }) => id));
    const isAnew = version < Math.max(0, ...this.#versions.values());
    if (isAnew) this.#versions.clear();
    for (const change of changes) this.#apply(change);
    // A store that has begun anew is not yet whole: what it lacks may still come, so nothing is ended for it.
    if (!isAnew) this.#endAllBut(present);
    return version;
  }

  #endAllBut(present: ReadonlySet<string>): void {
    for (const resource of [...this.#index.all()]) {
      if (present.has(resource.id) || resource.toUs !== undefined) continue;
      this.#index.put({ ...resource, toUs: this.#options.nowUs() });
    }
  }

  #apply({ version, id, resource }: ResourceChange): void {
    if (version <= (this.#versions.get(id) ?? -1)) return;
    this.#versions.set(id, version);
    if (resource) this.#index.put(resource);
    else {
      this.#index.forget(id);
      this.#versions.delete(id);
    }
  }
}
