import type { SyscallEvent } from '../syscalls/syscall-event.ts';

/** What was reached: `enum java_found` of bpf/java-walk.h. */
export const Reached = { thread: 1, task: 2, socket: 3, result: 4, made: 5 } as const;

/** Something that can be reached from what a unit holds. */
export interface Place {
  readonly what: number;
  /** Which of the things that are held leads there, by the place on the stack: what was got first comes first. */
  readonly root: number;
  /** Of references that lead there; 0: it is held itself. */
  readonly distance: number;
  /** A thread's or task's number, a socket's inode number, an object's address. */
  readonly value: number;
}

/** In the order in which they were found. A word of 8 bytes each, as `struct walk` of bpf/java-walk.h has it. */
export function placesIn({ bytes, start, end }: SyscallEvent): Place[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  return Array.from({ length: (end - start) >>> 3 }, (_, i) => {
    const [low, high] = [view.getUint32(8 * i, true), view.getUint32(8 * i + 4, true)];
    const value = (high & 0xffff) * 2 ** 32 + low;
    return { what: high >>> 29, root: (high >>> 24) & 31, distance: (high >>> 16) & 255, value };
  });
}

/** The future for the result of its task. */
export const resultOf = (places: readonly Place[]): Place | undefined =>
  places.findLast(({ what, distance }) => what === Reached.result && distance === 0);
