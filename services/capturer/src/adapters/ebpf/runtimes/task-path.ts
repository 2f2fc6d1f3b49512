/**
 * How the id of the task that a thread runs is found: from the address of the thread's own data (its FS base) the first
 * offset leads to a pointer, that and the next one to another, and so on; the last one to the id.
 */
export interface TaskPath {
  /** Bytes; at most six. */
  readonly steps: readonly number[];
  /** Number of the first steps after which two objects are compared: where they are the same, the thread runs no task of its own. */
  readonly unless?: { readonly steps: number; readonly same: readonly [number, number] };
  /** Where, in what the last step leads to, a number of 32 bits stands that is 0 where that is the thread's own and no task. */
  readonly enteredAt?: number;
  /** What they lead to is the last one of a list, each of which begins with a pointer to the one before: the first one is the id. */
  readonly toFirst?: boolean;
  readonly java?: JavaPlaces;
}

/** `struct java_places` of bpf/tasks.h. */
export interface JavaPlaces {
  readonly heap: number;
  readonly heapBytes: number;
  /** Addresses of a counter of collections, and of whether one is under way. */
  readonly collections: number;
  readonly collecting: number;
  /** In a `JavaThread`: its allocation buffer, the base of its stack. */
  readonly buffer: number;
  readonly stackBase: number;
  readonly firstFrame: number;
  /** The handle of the virtual thread that it runs, and where on the stack that begins. 0: the JVM has none, or tells of none. */
  readonly runner: number;
  readonly entry: number;
  /** Compressed references; undefined: objects are not looked into. */
  readonly narrow?: { readonly base: number; readonly shift: number };
}

/** Offsets of the words that hold `value`, of memory that begins at a multiple of 4. */
export function findWords(memory: Buffer, value: number): number[] {
  const [low, high] = [value >>> 0, Math.floor(value / 2 ** 32)];
  const halves = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >>> 2);
  const found: number[] = [];
  for (let i = 0; i + 1 < halves.length; i += 2) if (halves[i] === low && halves[i + 1] === high) found.push(4 * i);
  return found;
}
