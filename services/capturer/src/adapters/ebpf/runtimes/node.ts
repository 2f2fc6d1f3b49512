import type { MappedFile, ProcessMemory } from './process-memory.ts';
import { findWords } from './task-path.ts';

/** `node::Environment::CheckImmediate(uv_check_s*)`, to which a handle inside of the main thread's `Environment` points. */
const checkImmediate = '_ZN4node11Environment14CheckImmediateEP10uv_check_s';
/** The `Environment` is among the first things that are allocated. */
const HEAP_BYTES = 16 << 20;
/** So far behind that handle the `AsyncHooks` end at most. */
const ENVIRONMENT_BYTES = 4096;
/** `async_id_fields` are so many doubles (env.h, `AsyncHooks::UidFields`): executing, trigger, counter, default trigger. */
const FIELDS = 4;

export function findNode(memory: ProcessMemory): MappedFile | undefined {
  return memory.mapped(/\/(?:node|libnode\.so[.\d]*)$/);
}

/**
 * Where the ids of asynchronous resources are that Node.js keeps for `async_hooks`, whether these are used or not: the
 * address of `async_id_fields`, which stays. An `AliasedBuffer` (aliased_buffer.h) has the number of its elements, an offset
 * of 0 and the pointer one behind the other. Undefined while Node.js starts, or where it is built in another way.
 */
export function nodeAsyncIds(memory: ProcessMemory, node: MappedFile): number | undefined {
  const callback = memory.symbols(node, [checkImmediate]).get(checkImmediate);
  const heap = memory.heap();
  if (callback === undefined || heap === undefined) return undefined;
  const start = memory.read(heap.start, Math.min(heap.bytes, HEAP_BYTES));
  for (const handle of findWords(start, callback)) {
    for (let at = handle; at + 24 <= Math.min(start.length, handle + ENVIRONMENT_BYTES); at += 8) {
      if (start.readBigUInt64LE(at) !== BigInt(FIELDS) || start.readBigUInt64LE(at + 8) !== 0n) continue;
      const fields = Number(start.readBigUInt64LE(at + 16));
      if (areIds(memory.read(fields, 8 * FIELDS))) return fields;
    }
  }
  return undefined;
}

/** Nothing is younger than the counter says; without a default trigger its place holds -1. */
function areIds(fields: Buffer): boolean {
  const [executing, trigger, counter, byDefault] = [0, 8, 16, 24].map((at) => fields.readDoubleLE(at));
  const isId = (id: number): boolean => Number.isInteger(id) && id >= 0 && id <= counter;
  return counter >= 1 && isId(executing) && isId(trigger) && (byDefault === -1 || isId(byDefault));
}
