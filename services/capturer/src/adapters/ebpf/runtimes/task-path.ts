/**
 * How the id of the task that a thread runs is found: from the address of the thread's own data (its FS base) the first
 * offset leads to a pointer, that and the next one to another, and so on; the last one to the id.
 */
export interface TaskPath {
  /** Bytes; at most four. */
  readonly steps: readonly number[];
  /** Number of the first steps after which two objects are compared: where they are the same, the thread runs no task of its own. */
  readonly unless?: { readonly steps: number; readonly same: readonly [number, number] };
}

/** Offset from `base` of the first word in `bytes` bytes that holds `value`; undefined where there is none. */
export function findWord(memory: Buffer, value: number): number | undefined {
  const wanted = BigInt(value);
  for (let at = 0; at + 8 <= memory.length; at += 8) if (memory.readBigUInt64LE(at) === wanted) return at;
  return undefined;
}
