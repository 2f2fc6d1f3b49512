import type { ElfFile } from './elf-file.ts';
import { instructionLength } from './x86-length.ts';

/** A function as uprobes want it; addresses as the file has them. */
export interface FoundFunction {
  readonly name: string;
  /** Where its arguments are in their places and it is entered once. */
  readonly begin: number;
  /** Its return instructions: a Go function's return address must not be changed, as its stack may move. */
  readonly returns: readonly number[];
}

/** Go 1.18 and 1.19, from 1.20 on (internal/abi, `CurrentPCLnTabMagic`). */
const magics = new Set([0xfffffff0, 0xfffffff1]);
const WORD = 8;
/** `text` in `runtime.moduledata`, which is the section `.go.module` from 1.26 on. */
const MODULE_TEXT = 176;
const MAX_FUNCTION_BYTES = 1 << 20;

const RET = 0xc3;
const JBE_SHORT = 0x76;
const JBE_NEAR = 0x860f;
/** The comparison of the stack is among the first instructions: LEA, CMP, JBE. */
const CHECK_INSTRUCTIONS = 8;

/**
 * Functions of a Go program for amd64 by name, stripped or not: from `.gopclntab`, which the runtime itself needs. One whose
 * code is not understood to its end is left out.
 *
 * ```
 *   magic, 0, 0, quantum, word size | functions | files | text start | offsets of names, cu, files, pc, functions
 *   functions: u32 offset in the text, u32 offset of { u32 entry, i32 name, ... }; then the end of the text
 * ```
 */
export function goFunctions(elf: ElfFile, names: readonly string[]): FoundFunction[] {
  const section = elf.section('.gopclntab') ?? elf.section('.data.rel.ro.gopclntab');
  if (section === undefined) return [];
  const table = elf.contents(section);
  if (table.length < 9 * WORD || !magics.has(table.readUInt32LE(0)) || table[7] !== WORD) return [];
  const header = (word: number) => Number(table.readBigUInt64LE(word * WORD));
  const text = header(3) || textOf(elf);
  const wanted = namesAt(table.subarray(header(4), header(5)), names);
  const functions = table.subarray(header(8));
  const found: FoundFunction[] = [];
  for (let at = 0; at + 12 <= functions.length && at < header(1) * WORD; at += WORD) {
    const data = functions.readUInt32LE(at + 4);
    const name = data + WORD <= functions.length ? wanted.get(functions.readInt32LE(data + 4)) : undefined;
    if (name === undefined) continue;
    const offset = functions.readUInt32LE(at);
    const code = elf.bytesAt(text + offset, Math.min(functions.readUInt32LE(at + WORD) - offset, MAX_FUNCTION_BYTES));
    const places = code && placesIn(code);
    if (places === undefined) continue;
    const address = (place: number) => text + offset + place;
    found.push({ name, begin: address(places.begin), returns: places.returns.map(address) });
  }
  return found;
}

function textOf(elf: ElfFile): number {
  const module = elf.section('.go.module');
  const bytes = module && elf.contents(module);
  const text = bytes && bytes.length >= MODULE_TEXT + WORD ? Number(bytes.readBigUInt64LE(MODULE_TEXT)) : 0;
  return text || elf.symbols(['runtime.text'])[0]?.address || elf.section('.text')?.address || 0;
}

/** Offsets of whole names in the table of names. */
function namesAt(table: Buffer, names: readonly string[]): Map<number, string> {
  const offsets = new Map<number, string>();
  for (const name of names) {
    const at = table.indexOf(`\0${name}\0`, 0, 'latin1');
    if (at >= 0) offsets.set(at + 1, name);
  }
  return offsets;
}

/** Behind the check of the stack, which may begin the function anew, and at its returns; undefined where that is not to be seen. */
function placesIn(code: Uint8Array): { begin: number; returns: number[] } | undefined {
  const returns: number[] = [];
  let begin = -1;
  let count = 0;
  for (let at = 0; at < code.length; count++) {
    const length = instructionLength(code, at);
    if (length === 0) return undefined;
    const isJump = code[at] === JBE_SHORT || (code[at] | (code[at + 1] << 8)) === JBE_NEAR;
    if (begin < 0 && isJump && count < CHECK_INSTRUCTIONS) begin = at + length;
    if (code[at] === RET) returns.push(at);
    at += length;
  }
  return begin < 0 ? undefined : { begin, returns };
}
