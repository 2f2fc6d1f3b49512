import { JavaClasses, JavaClassKind, type Narrow } from './java-classes.ts';
import { JvmStructures } from './jvm-structures.ts';
import type { MappedFile, ProcessMemory } from './process-memory.ts';
import { findWords, type JavaPlaces, type TaskPath } from './task-path.ts';

/** Where the thread-local variables of the JVM's library are looked for. */
const BLOCK_BYTES = 512;
const MAX_LIBRARIES = 64;
const MAX_THREADS = 64;
/** The first frame is looked for so far from the stack's base. */
const STACK_BYTES = 16_384;
/** HotSpot begins each thread by up to so much further on, so that their frames do not meet in one line of a cache (os_linux.cpp). */
const SHIFT_BYTES = 7 * 128;
/** In JDK 21 and 25 alike: bytes from `JavaThread._vthread` to `_cont_entry`. */
const ENTRY_BEHIND = 432;
const MAX_STACK_BYTES = 1 << 30;
/** Where an object names its class, compressed: behind its mark. */
const CLASS_AT = 8;

export function findJava(memory: ProcessMemory): MappedFile | undefined {
  return memory.mapped(/\/libjvm\.so$/);
}

/**
 * Where the number of the virtual thread that a carrier thread runs is found: the JVM describes its own structures in
 * `gHotSpotVMStructs` (vmStructs.hpp), and from JDK 24 on a `JavaThread` has the number of whoever runs on it for monitors
 * (JEP 491). Before, from 21 on, it is asked of the thread's object. Without a number for older ones; undefined while it cannot be told yet.
 */
export function javaTaskPath(memory: ProcessMemory, java: MappedFile): TaskPath | undefined {
  const jvm = new JvmStructures(memory, java);
  const offset = (name: string): number => jvm.offset(name);
  const list = memory.pointer(jvm.address('ThreadsSMRSupport._java_thread_list'));
  const first = memory.pointer(list + offset('ThreadsList._threads'));
  const count = Math.min(memory.number(list + offset('ThreadsList._length')), MAX_THREADS);
  const osThread = offset(jvm.has('Thread._osthread') ? 'Thread._osthread' : 'JavaThread._osthread');
  const threads = Array.from({ length: count }, (_, i) => memory.pointer(first + 8 * i));
  const objects = places(memory, jvm, threads);
  if (objects && Number.isNaN(objects.firstFrame)) return undefined;
  const place = placeOfThread(memory, threads, (thread) => {
    return memory.pointer(memory.pointer(thread + osThread) + offset('OSThread._pthread_id'));
  });
  if (place === undefined) return undefined;
  const owner = offset('JavaThread._monitor_owner_id');
  if (Number.isNaN(owner) && !jvm.has('JavaThread._vthread')) return objects && { steps: place, java: objects };
  const number = Number.isNaN(owner) ? numberOfObject(memory, jvm, threads, objects?.narrow !== undefined) : [owner];
  if (number === undefined) return undefined;
  const same = [offset('JavaThread._vthread'), offset('JavaThread._threadObj')] as const;
  return { steps: [...place, ...number], unless: { steps: place.length, same }, ...(objects && { java: objects }) };
}

/**
 * Steps from a `JavaThread` to `tid` of the object that runs on it; undefined while objects are moved. Where references have colours that
 * are shifted in (ZGC with generations) no object is found: there the reference itself has to do, which is another one after a collection.
 */
function numberOfObject(
  memory: ProcessMemory,
  jvm: JvmStructures,
  threads: readonly number[],
  isNarrow: boolean,
): number[] | undefined {
  const runner = jvm.offset('JavaThread._vthread');
  const known = classes(memory, jvm);
  for (const thread of threads) {
    const object = memory.pointer(memory.pointer(thread + jvm.offset('JavaThread._threadObj')));
    const found = known.of(memory.number(object + CLASS_AT) >>> 0);
    if (found?.kind === JavaClassKind.thread) return [runner, 0, found.places[1]];
  }
  return isNarrow ? undefined : [runner, 0];
}

/** Steps to the variable in which each thread has itself; one alone may have that by chance elsewhere, too, while it starts. */
function placeOfThread(
  memory: ProcessMemory,
  threads: readonly number[],
  fsBaseOf: (thread: number) => number,
): number[] | undefined {
  const seen = new Set<string>();
  for (const thread of threads) {
    const place = threadLocal(memory, fsBaseOf(thread), thread);
    if (place === undefined) continue;
    if (seen.has(String(place))) return place;
    seen.add(String(place));
  }
  return undefined;
}

/** Where threads make objects, and hold them; undefined where the JVM has no such buffers, or does not say so. */
function places(memory: ProcessMemory, jvm: JvmStructures, threads: readonly number[]): JavaPlaces | undefined {
  const offset = (name: string): number => jvm.offset(name);
  const heap = memory.pointer(jvm.address('Universe._collectedHeap'));
  const reserved = heap + offset('CollectedHeap._reserved');
  const places = {
    heap: memory.pointer(reserved + offset('MemRegion._start')),
    heapBytes: 8 * memory.pointer(reserved + offset('MemRegion._word_size')),
    collections: heap + offset('CollectedHeap._total_collections'),
    collecting: heap + offset(`CollectedHeap._is_${jvm.has('CollectedHeap._is_gc_active') ? '' : 'stw_'}gc_active`),
    buffer: offset('Thread._tlab'),
    stackBase: offset('JavaThread._stack_base'),
    firstFrame: firstFrame(memory, threads, offset('JavaThread._stack_base'), offset('JavaThread._threadObj')),
    runner: offset('JavaThread._vthread') || 0,
    entry: entry(memory, jvm, threads),
    narrow: narrowOops(memory, jvm),
  };
  const isBuffer = ['_start', '_top', '_pf_top', '_end'].every(
    (field, i) => offset(`ThreadLocalAllocBuffer.${field}`) === 8 * i,
  );
  const { firstFrame: _, narrow: _narrow, ...rest } = places;
  return isBuffer && places.heap > 0 && Object.values(rest).every(Number.isSafeInteger) ? places : undefined;
}

/** Where a `JavaThread` tells where on its stack a virtual thread begins, which JDK 21 has, and does not tell; 0 where that is not so. */
function entry(memory: ProcessMemory, jvm: JvmStructures, threads: readonly number[]): number {
  const told = jvm.offset('JavaThread._cont_entry');
  if (!Number.isNaN(told)) return told;
  const place = jvm.offset('JavaThread._vthread') + ENTRY_BEHIND;
  const isEntry = (thread: number): boolean => {
    const [value, base] = [place, jvm.offset('JavaThread._stack_base')].map((at) => memory.pointer(thread + at));
    return value === 0 || (value < base && value > base - MAX_STACK_BYTES);
  };
  return threads.every(isEntry) ? place || 0 : 0;
}

/**
 * Bytes between the base of a thread's stack, where its own data are, and its first frame of Java, which holds the object of the
 * thread itself: the least that any thread can have. The first one of all has frames of the launcher in front: NaN while no other one runs.
 */
function firstFrame(memory: ProcessMemory, threads: readonly number[], stackBase: number, itself: number): number {
  const distances = threads.flatMap((thread) => {
    const object = memory.pointer(memory.pointer(thread + itself));
    const stack = memory.read(memory.pointer(thread + stackBase) - STACK_BYTES, STACK_BYTES);
    const last = object === 0 ? undefined : findWords(stack, object).at(-1);
    return last === undefined ? [] : [STACK_BYTES - last - 8];
  });
  return distances.length < 2 ? Number.NaN : Math.max(Math.min(...distances) - SHIFT_BYTES, 0);
}

/**
 * Steps from the FS base to the thread-local variable that holds `value`: the vector of the thread's blocks is at 8, an entry
 * of it has 16 bytes for each loaded library (ELF Handling For Thread-Local Storage, 3.4.6; glibc's dtv_t).
 */
function threadLocal(memory: ProcessMemory, fsBase: number, value: number): number[] | undefined {
  const vector = memory.pointer(fsBase + 8);
  for (let library = 1; library <= MAX_LIBRARIES; library++) {
    const block = memory.pointer(vector + 16 * library);
    const [place] = findWords(memory.read(block, BLOCK_BYTES), value);
    if (place !== undefined) return [8, 16 * library, place];
  }
  return undefined;
}

/** How references in objects are compressed; undefined where they are not, or objects have headers of 8 bytes. */
function narrowOops(memory: ProcessMemory, jvm: JvmStructures): Narrow | undefined {
  const on = jvm.flagsOn(['UseCompressedOops', 'UseCompressedClassPointers', 'UseCompactObjectHeaders']);
  const isNarrow = on.has('UseCompressedOops') && on.has('UseCompressedClassPointers');
  return isNarrow && !on.has('UseCompactObjectHeaders')
    ? narrow(memory, jvm, 'CompressedOops', '_narrow_oop.')
    : undefined;
}

/** Classes of the JVM, by how objects name them. */
export function javaClasses(memory: ProcessMemory, java: MappedFile): JavaClasses {
  return classes(memory, new JvmStructures(memory, java));
}

function classes(memory: ProcessMemory, jvm: JvmStructures): JavaClasses {
  return new JavaClasses(memory, jvm, narrow(memory, jvm, 'CompressedKlassPointers', '_narrow_klass.'));
}

/** @param before what stood in front of the names before JDK 21 */
function narrow(memory: ProcessMemory, jvm: JvmStructures, type: string, before: string): Narrow {
  const at = (field: string) => jvm.address(`${type}.${field}`) || jvm.address(`${type}.${before}${field}`);
  return { base: memory.pointer(at('_base')), shift: memory.number(at('_shift')) };
}
