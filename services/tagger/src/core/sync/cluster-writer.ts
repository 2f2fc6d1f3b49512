import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../model/resource.ts';
import { type Coverage, extended } from './knowledge.ts';
import { type Epoch, GapError, type ResourceChange, type ResourceStore } from './resource-store.ts';
import { ended, revise } from './revise.ts';

export interface ClusterWriterOptions {
  /** Begins the ids of everything that this writer owns. */
  readonly idPrefix: string;
  readonly historyMs: number;
  /** µs since the epoch. */
  readonly nowUs: () => number;
}

type Document = Omit<ResourceChange, 'version'>;
/** A document, when it was seen to change, and until when it was surely as before: µs since the epoch. */
type Change = Document & { readonly atUs: number; readonly knownUs?: number | undefined };

/**
 * Writes changes one after another, as the one writer of its resources, in an epoch of its own. What could not be
 * written stays and goes with the next call. The first changes must be all that there is: what the store has beyond
 * them ended while nobody looked.
 */
export class ClusterWriter {
  readonly #store: ResourceStore;
  readonly #options: ClusterWriterOptions;
  /** Documents as the store has them, or will. */
  readonly #documents = new Map<string, Resource>();
  readonly #pending = new Map<string, Document>();
  #taken: Change[] = [];
  #epoch: Epoch | undefined;
  #coverage: Coverage = [];
  /** Version of the store after the last write. */
  #version = 0;

  constructor(store: ResourceStore, options: ClusterWriterOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Takes changes over; undefined means that the resource is gone. */
  take(changes: readonly Change[]): void {
    for (const change of changes) this.#taken.push(change);
  }

  /** Forgets what has been gone for longer than the history. */
  sweep(): void {
    const { nowUs, historyMs } = this.#options;
    const oldestUs = nowUs() - historyMs * 1000;
    for (const [id, { toUs }] of this.#documents) {
      if (toUs === undefined || toUs >= oldestUs) continue;
      this.#documents.delete(id);
      this.#pending.set(id, { id, resource: undefined });
    }
  }

  /** The store has lost what it had: everything is written again. */
  writeAll(): void {
    for (const [id, resource] of this.#documents) this.#pending.set(id, { id, resource });
  }

  /**
   * Writes what was taken; returns how many documents. Throws a `FencedError` when another writer has taken over, and
   * whatever else the store throws: then the next call writes it too.
   */
  async write(): Promise<number> {
    if (this.#epoch === undefined) await this.#begin();
    for (const change of this.#taken) this.#apply(change);
    this.#taken = [];
    const changes = [...this.#pending.values()];
    if (changes.length === 0) return 0;
    const version = await this.#store.write(this.#epoch!, changes);
    this.#pending.clear();
    if (version < this.#version + changes.length) this.writeAll();
    this.#version = version;
    return changes.length;
  }

  /**
   * Says that all that happened in [from, until) has been written: nothing where that is not so. Call it after a `write` of
   * all that happened.
   */
  async mark([fromUs, untilUs]: readonly [number, number]): Promise<void> {
    if (this.#pending.size > 0) return;
    const forgetUs = untilUs - this.#options.historyMs * 1000;
    this.#coverage = extended(this.#coverage, fromUs, untilUs, forgetUs);
    try {
      await this.#store.mark(this.#epoch!, this.#coverage, this.#version);
    } catch (error) {
      if (!(error instanceof GapError)) throw error;
      this.#version = 0;
      this.writeAll();
    }
  }

  async #begin(): Promise<void> {
    const epoch = await this.#store.acquire(this.#options.idPrefix);
    const { changes, coverage } = await this.#store.load();
    this.#coverage = coverage.get(epoch.source) ?? [];
    for (const { id, resource } of changes) {
      if (resource && id.startsWith(this.#options.idPrefix)) this.#documents.set(id, resource);
    }
    const present = new Set(this.#taken.map(({ id }) => id));
    const atUs = this.#options.nowUs();
    for (const id of [...this.#documents.keys()]) if (!present.has(id)) this.#apply({ id, resource: undefined, atUs });
    this.#epoch = epoch;
  }

  #apply({ id, resource, atUs, knownUs }: Change): void {
    const known = this.#documents.get(id);
    if (!resource && !known) return;
    const forgetBeforeUs = atUs - this.#options.historyMs * 1000;
    // What does not say since when it exists does so since it was seen.
    const since = resource && { ...resource, fromUs: resource.fromUs ?? atUs };
    const next = since ? revise(known, since, atUs, forgetBeforeUs, knownUs) : ended(known!, atUs);
    const plain = JSON.parse(JSON.stringify(next)) as Resource;
    if (isDeepStrictEqual(plain, known)) return;
    this.#documents.set(id, plain);
    this.#pending.set(id, { id, resource: plain });
  }
}
