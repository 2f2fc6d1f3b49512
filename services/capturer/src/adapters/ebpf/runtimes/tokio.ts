import type { ElfFile } from '../elf/elf-file.ts';
import type { TaskPath } from './task-path.ts';

/** Functions of tokio (since 1.24) that are in a program for amd64 which keeps its symbols. */
export interface TokioProgram {
  /** To the id of the task that a thread polls. */
  readonly path: TaskPath;
  /** Where it wakes a task, and where it makes one; addresses as the file has them. */
  readonly wakes: readonly number[];
  readonly makes: readonly number[];
}

const functions =
  /^_(?:ZN|R).*5tokio7runtime(?:4task|7context).*(?:wake_by_(?:val|ref)|bind_inner|TaskIdGuard5enter|set_current_task_id)/;
const parts = ['5waker11wake_by_', '10bind_inner', 'TaskIdGuard5enter', 'set_current_task_id'];
/** No function that sets the id is longer. */
const CODE_BYTES = 256;

/** Undefined where the program has no tokio, or is stripped, or was built in a way that does not tell. */
export function tokioIn(elf: ElfFile): TokioProgram | undefined {
  const found = elf.symbolsLike(parts, functions);
  const places = (part: string) => [
    ...new Set(found.flatMap(({ name, address }) => (name.includes(part) ? [address] : []))),
  ];
  for (const setter of [...places('TaskIdGuard'), ...places('set_current')]) {
    const offset = placeOfId(elf.bytesFrom(setter, CODE_BYTES));
    if (offset !== undefined)
      return { path: { steps: [offset] }, wakes: places('5waker'), makes: places('bind_inner') };
  }
  return undefined;
}

/** `mov rax, fs:0`, which is the thread's own address. */
const THREAD = Buffer.from('64488b042500000000', 'hex');
/** `lea r, [rax + disp32]`, and `add rax, imm32`. */
const LEA_RAX = 0x80;

/**
 * Where the id lies, from the FS base: the function that sets it exchanges it (`Cell::replace`). Its code takes the thread's
 * address, adds the place of tokio's `CONTEXT` in the thread's own data, and loads and stores at one distance from there.
 */
function placeOfId(code: Buffer): number | undefined {
  const at = code.indexOf(THREAD);
  if (at < 0) return undefined;
  const context = contextAt(code, at + THREAD.length);
  const field = exchangedAt(code, at + THREAD.length);
  return context === undefined || field === undefined ? undefined : context + field;
}

function contextAt(code: Buffer, from: number): number | undefined {
  for (let at = from; at + 7 <= code.length && at < from + 32; at++) {
    const isLea = (code[at] & 0xfb) === 0x48 && code[at + 1] === 0x8d && (code[at + 2] & 0xc7) === LEA_RAX;
    if (isLea) return code.readInt32LE(at + 3);
    if (code[at] === 0x48 && code[at + 1] === 0x05) return code.readInt32LE(at + 2);
  }
  return undefined;
}

/** Distance of `mov r, [b + d]` that is followed by `mov [b + d], r`, all of 64 bits, with a distance of 8. */
function exchangedAt(code: Buffer, from: number): number | undefined {
  for (let at = from; at + 8 <= code.length; at++) {
    const [load, store] = [at, at + 4].map((place) => ({
      rex: code[place] & 0xfa,
      base: (code[place] & 1) * 8 + (code[place + 2] & 7),
      opcode: code[place + 1],
      mode: code[place + 2] >>> 6,
      distance: code.readInt8(place + 3),
    }));
    if (load.rex !== 0x48 || store.rex !== 0x48 || load.opcode !== 0x8b || store.opcode !== 0x89) continue;
    if (load.mode === 1 && store.mode === 1 && load.base === store.base && load.distance === store.distance)
      return load.distance;
  }
  return undefined;
}
