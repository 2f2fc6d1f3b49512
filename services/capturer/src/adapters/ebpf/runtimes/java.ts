import type { MappedFile, ProcessMemory } from './process-memory.ts';
import { findWords, type TaskPath } from './task-path.ts';

/** Where the thread-local variables of the JVM's library are looked for. */
const BLOCK_BYTES = 512;
const MAX_LIBRARIES = 64;
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
  const number = offset('JavaThread._monitor_owner_id');
  if (Number.isNaN(number)) return undefined;
  for (let i = 0; i < count; i++) {
    const thread = memory.pointer(first + 8 * i);
    const system = memory.pointer(thread + offset('Thread._osthread'));
    const place = threadLocal(memory, memory.pointer(system + offset('OSThread._pthread_id')), thread);
    if (place === undefined) continue;
    const same = [offset('JavaThread._vthread'), offset('JavaThread._threadObj')] as const;
    return { steps: [...place, number], unless: { steps: place.length, same } };
  }
  return undefined;
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
