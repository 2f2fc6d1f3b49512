import { pageOf, V8_PAGE_BYTES } from '../../../core/syscalls/v8-page.ts';
import type { MappedFile, ProcessMemory } from './process-memory.ts';
import { findWords } from './task-path.ts';

/** `node::Environment::CheckImmediate(uv_check_s*)`, to which a handle inside of the main thread's `Environment` points. */
const checkImmediate = '_ZN4node11Environment14CheckImmediateEP10uv_check_s';
export const runTimers = '_ZN4node11Environment9RunTimersEP10uv_timer_s';
/** Bytes of that function, about. */
const RUN_TIMERS_BYTES = 1024;
/** The table of virtual functions, to which an object points 16 bytes further on. */
const microtaskQueue = '_ZTVN2v88internal14MicrotaskQueueE';
const TABLE_HEAD_BYTES = 16;
/** An `Environment` begins so far in front of its handle at most, with a pointer to its isolate (env.h). */
const BEGIN_BYTES = 512;
/** Where in an isolate its allocation areas are, at most. */
const ISOLATE_BYTES = 1024;
/** Two allocation areas, one behind the other, of three words each. */
const AREA_BYTES = 24;
/** Nearer to its code no page is, and none below: there are numbers. */
const PROGRAM_BYTES = 2 ** 28;
const LOWEST_PAGE = 2 ** 32;
/** The `Environment` is among the first things that are allocated. */
const HEAP_BYTES = 16 << 20;
/** So far behind that handle the `AsyncHooks` end at most. */
const ENVIRONMENT_BYTES = 4096;
/** `async_id_fields` are so many doubles (env.h, `AsyncHooks::UidFields`): executing, trigger, counter, default trigger. */
const FIELDS = 4;

export function findNode(memory: ProcessMemory): MappedFile | undefined {
  return memory.mapped(/\/(?:node|libnode\.so[.\d]*)$/);
}

/** `struct node_places` of bpf/tasks.h. */
export interface NodePlaces {
  /** Where the isolate of the main thread makes young objects: V8's `LinearAllocationArea`. */
  readonly buffer: number;
  /** Its `MicrotaskQueue`. */
  readonly queue: number;
  readonly runTimers: number;
  readonly runTimersBytes: number;
  /** Both areas were in use. Old objects have none when garbage was collected and since then none has grown old: it may be another place. */
  readonly isSure: boolean;
}

type YoungObjects = Pick<NodePlaces, 'buffer' | 'isSure'>;

export interface NodeLayout {
  /** Address of `async_id_fields`, which stays. */
  readonly asyncIds: number;
  /** Undefined where they are not found. */
  readonly places: NodePlaces | undefined;
}

/** Where the main thread of Node.js has what is asked of it. Undefined while Node.js starts, or where it is built in another way. */
export function nodeLayout(memory: ProcessMemory, node: MappedFile): NodeLayout | undefined {
  const symbols = memory.symbols(node, [checkImmediate, runTimers, microtaskQueue]);
  const callback = symbols.get(checkImmediate);
  const heap = memory.heap();
  if (callback === undefined || heap === undefined) return undefined;
  const start = memory.read(heap.start, Math.min(heap.bytes, HEAP_BYTES));
  const handles = findWords(start, callback);
  const asyncIds = asyncIdsOf(memory, start, handles);
  return asyncIds === undefined ? undefined : { asyncIds, places: placesOf(memory, symbols, heap, start, handles) };
}

/**
 * Where the ids of asynchronous resources are that Node.js keeps for `async_hooks`, whether these are used or not. An `AliasedBuffer`
 * (aliased_buffer.h) has the number of its elements, an offset of 0 and the pointer one behind the other.
 */
function asyncIdsOf(memory: ProcessMemory, start: Buffer, handles: readonly number[]): number | undefined {
  for (const handle of handles) {
    for (let at = handle; at + 24 <= Math.min(start.length, handle + ENVIRONMENT_BYTES); at += 8) {
      if (start.readBigUInt64LE(at) !== BigInt(FIELDS) || start.readBigUInt64LE(at + 8) !== 0n) continue;
      const fields = Number(start.readBigUInt64LE(at + 16));
      if (areIds(memory.read(fields, 8 * FIELDS))) return fields;
    }
  }
  return undefined;
}

interface Range {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Where it makes its objects, and keeps the jobs of promises. An isolate has the area of young objects, and behind it that of old ones
 * (V8's isolate-data.h, from 10.4 on); it is what the `Environment` points to first.
 */
function placesOf(
  memory: ProcessMemory,
  symbols: ReadonlyMap<string, number>,
  heap: Range,
  start: Buffer,
  handles: readonly number[],
): NodePlaces | undefined {
  const [timers, table] = [runTimers, microtaskQueue].map((name) => symbols.get(name));
  if (timers === undefined || table === undefined) return undefined;
  const [queue] = findWords(start, table + TABLE_HEAD_BYTES);
  const found = handles.flatMap((handle) => youngObjects(memory, heap, start, handle, timers));
  const objects = found.find(({ isSure }) => isSure) ?? found[0];
  if (queue === undefined || objects === undefined) return undefined;
  return { ...objects, queue: heap.start + queue, runTimers: timers, runTimersBytes: RUN_TIMERS_BYTES };
}

/** By what the `Environment` in front of that handle points to. `code`: an address in the program. */
function youngObjects(
  memory: ProcessMemory,
  heap: Range,
  start: Buffer,
  handle: number,
  code: number,
): readonly YoungObjects[] {
  const found: YoungObjects[] = [];
  const end = heap.start + heap.bytes;
  /** V8 has pages of its own, outside of the heap of C. */
  const isOwn = (page: number): boolean =>
    page > 0 && ((page + 1) * V8_PAGE_BYTES <= heap.start || page * V8_PAGE_BYTES >= end);
  const isFar = (page: number): boolean =>
    page * V8_PAGE_BYTES >= LOWEST_PAGE && Math.abs(page * V8_PAGE_BYTES - code) >= PROGRAM_BYTES;
  for (let at = Math.max(0, handle - BEGIN_BYTES); at < handle; at += 8) {
    const isolate = Number(start.readBigUInt64LE(at));
    if (isolate % 8 !== 0 || isolate < heap.start || isolate >= end) continue;
    const words = memory.read(isolate, ISOLATE_BYTES);
    for (let offset = 0; offset + 2 * AREA_BYTES <= ISOLATE_BYTES; offset += 8) {
      const [young, old] = [pageOfArea(words, offset), pageOfArea(words, offset + AREA_BYTES)];
      if (!isOwn(young) || young === old) continue;
      const isSure = isOwn(old);
      if (isSure || (isFar(young) && isEmpty(words, offset + AREA_BYTES)))
        found.push({ buffer: isolate + offset, isSure });
    }
  }
  return found;
}

const isEmpty = (words: Buffer, at: number): boolean => words.subarray(at, at + AREA_BYTES).every((byte) => byte === 0);

/** The page in which an allocation area is, that is not full; 0: it is none. */
function pageOfArea(words: Buffer, at: number): number {
  const [start, top, limit] = [0, 8, 16].map((offset) => Number(words.readBigUInt64LE(at + offset)));
  const page = pageOf(start);
  const isArea = start % 8 === 0 && start <= top && top <= limit && start < limit;
  return isArea && pageOf(limit - 1) === page ? page : 0;
}

/** Nothing is younger than the counter says; without a default trigger its place holds -1. */
function areIds(fields: Buffer): boolean {
  const [executing, trigger, counter, byDefault] = [0, 8, 16, 24].map((at) => fields.readDoubleLE(at));
  const isId = (id: number): boolean => Number.isInteger(id) && id >= 0 && id <= counter;
  return counter >= 1 && isId(executing) && isId(trigger) && (byDefault === -1 || isId(byDefault));
}
