import type { MappedFile, ProcessMemory } from './process-memory.ts';
import { findWord, type TaskPath } from './task-path.ts';

/** Thread-local variables of the JVM's library lie this far in front of the FS base at most. */
const THREAD_LOCAL_BYTES = 8192;
const MAX_ENTRIES = 20_000;
const MAX_THREADS = 64;
/** Of `gHotSpotVMStructs` itself and of the layout of its entries. */
const structureSymbols = [
  's',
  'EntryArrayStride',
  'EntryTypeNameOffset',
  'EntryFieldNameOffset',
  'EntryOffsetOffset',
  'EntryAddressOffset',
];

export function findJava(memory: ProcessMemory): MappedFile | undefined {
  return memory.mapped(/\/libjvm\.so$/);
}

/**
 * Where the number of the virtual thread that a carrier thread runs is found: the JVM describes its own structures in
 * `gHotSpotVMStructs` (vmStructs.hpp), and from JDK 24 on a `JavaThread` has the number of whoever runs on it for monitors
 * (JEP 491). Undefined for older ones, and while the JVM starts.
 */
export function javaTaskPath(memory: ProcessMemory, java: MappedFile): TaskPath | undefined {
  const fields = structures(memory, java);
  const offset = (name: string): number => fields.get(name)?.offset ?? Number.NaN;
  const list = memory.pointer(fields.get('ThreadsSMRSupport._java_thread_list')?.address ?? 0);
  const first = memory.pointer(list + offset('ThreadsList._threads'));
  const count = Math.min(memory.number(list + offset('ThreadsList._length')), MAX_THREADS);
  for (let i = 0; i < count; i++) {
    const thread = memory.pointer(first + 8 * i);
    const system = memory.pointer(thread + offset('Thread._osthread'));
    const fsBase = memory.pointer(system + offset('OSThread._pthread_id'));
    const at = findWord(memory.read(fsBase - THREAD_LOCAL_BYTES, THREAD_LOCAL_BYTES), thread);
    const number = offset('JavaThread._monitor_owner_id');
    if (fsBase === 0 || at === undefined || Number.isNaN(number)) continue;
    const same = [offset('JavaThread._vthread'), offset('JavaThread._threadObj')] as const;
    return { steps: [at - THREAD_LOCAL_BYTES, number], unless: { steps: 1, same } };
  }
  return undefined;
}

/** The fields that the JVM tells of, by `Type.field`. */
function structures(memory: ProcessMemory, java: MappedFile): Map<string, { offset: number; address: number }> {
  const symbols = memory.symbols(
    java,
    structureSymbols.map((name) => `gHotSpotVMStruct${name}`),
  );
  const value = (name: string): number => memory.pointer(symbols.get(`gHotSpotVMStruct${name}`) ?? 0);
  const stride = value('EntryArrayStride');
  const type = value('EntryTypeNameOffset');
  const field = value('EntryFieldNameOffset');
  const offset = value('EntryOffsetOffset');
  const address = value('EntryAddressOffset');
  const fields = new Map<string, { offset: number; address: number }>();
  if (stride === 0) return fields;
  for (let i = 0, at = value('s'); i < MAX_ENTRIES; i++, at += stride) {
    const owner = memory.text(memory.pointer(at + type));
    if (owner === '') break;
    if (!/^(Threads|OSThread|Thread|JavaThread)/.test(owner)) continue;
    const name = memory.text(memory.pointer(at + field));
    fields.set(`${owner}.${name}`, { offset: memory.pointer(at + offset), address: memory.pointer(at + address) });
  }
  return fields;
}
