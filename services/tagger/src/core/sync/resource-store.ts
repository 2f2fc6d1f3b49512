import type { Resource } from '../model/resource.ts';
import type { Coverage } from './knowledge.ts';

/** A change of one resource. Versions grow by one with each change of the store. */
export interface ResourceChange {
  readonly version: number;
  readonly id: string;
  /** Undefined: the resource is forgotten, its history too. */
  readonly resource: Resource | undefined;
}

export interface Snapshot {
  /** All changes up to this version are in it; some later ones may be. */
  readonly version: number;
  readonly changes: readonly ResourceChange[];
  readonly coverage: ReadonlyMap<string, Coverage>;
}

/** What a reader learns at once. */
export interface Progress {
  readonly changes: readonly ResourceChange[];
  /** By source: with these changes, all that happened there in these spans is known. */
  readonly coverage: ReadonlyMap<string, Coverage>;
}

/** The right to write the resources of a source, until another acquires it. */
export interface Epoch {
  readonly source: string;
  readonly number: number;
}

/**
 * Where resources are shared: one writer of a source at a time, many readers.
 *
 * Order
 * - Versions are dense: a reader that misses one knows it.
 * - Of two documents of one resource the one of the higher version is right, whatever came first.
 *
 * Fencing
 * - `acquire` begins an epoch of a source (an inventory, a cluster). Writing with an epoch before that source's latest
 *   throws `FencedError`: who lost the lead without noticing can no longer write older over newer.
 *
 * Failure
 * - Every call throws when the store is away; it may be made again. A write that threw may have been done in part:
 *   it is repeated whole.
 */
export interface ResourceStore {
  load(): Promise<Snapshot>;
  /**
   * Changes after a version, in order, as they come; an empty list at least every few seconds while nothing comes.
   * Throws a `GapError` where changes after that version are no longer kept, or the store has begun anew.
   */
  changes(after: number, signal: AbortSignal): AsyncIterable<Progress>;
  acquire(source: string): Promise<Epoch>;
  /** Returns the version of the last of them. */
  write(epoch: Epoch, changes: readonly Omit<ResourceChange, 'version'>[]): Promise<number>;
  /**
   * Says that all that happened at the source in these spans has been written, up to that version of the store. Fenced as
   * `write` is. Throws a `GapError` where the store has begun anew since: then everything must be written again.
   */
  mark(epoch: Epoch, coverage: Coverage, version: number): Promise<void>;
  close(): Promise<void>;
}

/** Another writer has taken over. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** Changes were missed: only a snapshot helps. */
export class GapError extends Error {
  override readonly name = 'GapError';
}
