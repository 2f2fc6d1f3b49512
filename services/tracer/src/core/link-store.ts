import type { Entries, Texts } from './texts.ts';

/**
 * What tracers remember for each other and for themselves: which trace and span a request became (so that a child in
 * another partition, a late record or a record that is read again finds it), and which requests carry one token.
 *
 * - Keys and values are short text. What was set is forgotten after the store's time to live, not before.
 * - `set` replaces; `add` keeps every member once and at most the store's bound of members per key.
 * - Writes are seen by every later read of the same tracer; by others as soon as the store has them.
 * - Lists belong to the caller, who does not change them before the promise is fulfilled. Answers come in their order; of a
 *   key that comes several times the members may be the same array.
 * - Never throws: an adapter that cannot reach its store answers as if nothing were there, and says so by an event.
 */
export interface LinkStore {
  get(keys: Texts): Promise<(string | undefined)[]>;
  set(entries: Entries): Promise<void>;
  members(keys: Texts): Promise<(readonly string[])[]>;
  add(entries: Entries): Promise<void>;
  close(): Promise<void>;
}

/** How long links are kept, and how many members a token may have. */
export interface LinkStoreOptions {
  readonly ttlMs: number;
  readonly maxMembers: number;
}

export const defaultLinkStore: LinkStoreOptions = { ttlMs: 15 * 60_000, maxMembers: 64 };

/** Of a key without members. */
export const noMembers: readonly string[] = [];
