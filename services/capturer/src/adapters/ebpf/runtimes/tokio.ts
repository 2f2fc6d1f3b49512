import type { ElfFile } from '../elf/elf-file.ts';
import { instructionLength } from '../elf/x86-length.ts';
import type { TaskPath } from './task-path.ts';

/** Functions of tokio (since 1.24) that are in a program for amd64 which keeps its symbols. */
export interface TokioProgram {
  /** To the id of the task that a thread polls. */
  readonly path: TaskPath;
  /** Where it wakes a task, and where it makes one; addresses as the file has them. */
  readonly wakes: readonly number[];
  readonly makes: readonly number[];
}

const functions = new RegExp(
  '^_(?:ZN|R).*(?:5tokio7runtime(?:4task|7context).*(?:wake_by_(?:val|ref)|bind_inner|TaskIdGuard5enter|set_current_task_id)' +
    '|tokio.*TaskIdGuard.*4[Dd]rop)',
);
const parts = ['5waker11wake_by_', '10bind_inner', 'TaskIdGuard', 'set_current_task_id'];
/** No function that sets the id is longer. */
const CODE_BYTES = 256;

/** Undefined where the program has no tokio, or is stripped, or was built in a way that does not tell. */
export function tokioIn(elf: ElfFile): TokioProgram | undefined {
  const found = elf.symbolsLike(parts, functions);
  const places = (part: string) => [
    ...new Set(found.flatMap(({ name, address }) => (name.includes(part) ? [address] : []))),
  ];
  for (const { name, address, size } of found) {
    if (!/TaskIdGuard|set_current_task_id/.test(name)) continue;
    const offset = placeOfId(elf.bytesFrom(address, Math.min(size || CODE_BYTES, CODE_BYTES)));
    if (offset !== undefined)
      return { path: { steps: [offset] }, wakes: places('5waker'), makes: places('bind_inner') };
  }
  return undefined;
}

const FS = 0x64;
const RETURN = 0xc3;
const STORE = 0x89;
const MOVE = 0xc7;
const ADD_RAX = 0x05;
const LEA = 0x8d;

/**
 * Where the id lies, from the FS base: the last thing that a function does which sets it is to store it (`Cell::replace`) in tokio's
 * `CONTEXT`, which lies in the thread's own data: at `fs:place`, at `fs:[b + d]` where `b` was set to a number, or at `[b + d]`
 * where `b` is the thread's own address, and a number that was added.
 */
function placeOfId(code: Buffer): number | undefined {
  let context: number | undefined;
  let place: number | undefined;
  for (let at = 0; at < code.length && code[at] !== 0xcc; ) {
    const length = instructionLength(code, at);
    if (length === 0 || at + length > code.length) break;
    const one = code.subarray(at, at + length);
    context = numberIn(one) ?? context;
    place = storeIn(one, context) ?? place;
    at += length;
    if (one[0] === RETURN && place !== undefined) break;
  }
  return place !== undefined && place < 0 && place % 8 === 0 ? place : undefined;
}

/** `mov r, imm32`, `add rax, imm32`, `lea r, [r + disp32]`, all of 64 bits: by how much the place is away from the thread's address. */
function numberIn(one: Buffer): number | undefined {
  if ((one[0] & 0xf8) !== 0x48) return undefined;
  const isNumber =
    (one[1] === MOVE && one.length === 7) ||
    (one[1] === ADD_RAX && one.length === 6) ||
    (one[1] === LEA && one[2] >>> 6 === 2 && one.length === 7);
  const number = isNumber ? one.readInt32LE(one.length - 4) : 0;
  return number < 0 ? number : undefined;
}

/** `mov [...], r` of 64 bits, other than to the stack. */
function storeIn(one: Buffer, context: number | undefined): number | undefined {
  const at = one[0] === FS ? 1 : 0;
  if ((one[at] & 0xf8) !== 0x48 || one[at + 1] !== STORE) return undefined;
  const [mode, base] = [one[at + 2] >>> 6, one[at + 2] & 7];
  if (at === 1 && mode === 0 && base === 4) return one.readInt32LE(at + 4); // no base
  if (mode !== 1 || base === 4 || base === 5 || context === undefined) return undefined;
  return context + one.readInt8(at + 3);
}
