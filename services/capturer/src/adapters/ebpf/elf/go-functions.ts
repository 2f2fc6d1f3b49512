import type { ElfFile } from './elf-file.ts';
import { GoTable } from './go-table.ts';
import { instructionLength } from './x86-length.ts';

/** A function as uprobes want it; addresses as the file has them. */
export interface FoundFunction {
  readonly name: string;
  /** Where its arguments are in their places and it is entered once. */
  readonly begin: number;
  /** Its return instructions: a Go function's return address must not be changed, as its stack may move. */
  readonly returns: readonly number[];
}

const RET = 0xc3;
const JBE_SHORT = 0x76;
const JBE_NEAR = 0x860f;
/** The comparison of the stack is among the first instructions: LEA, CMP, JBE. */
const CHECK_INSTRUCTIONS = 8;

/** Functions of a Go program for amd64 by name, stripped or not. One whose code is not understood to its end is left out. */
export function goFunctions(elf: ElfFile, names: readonly string[]): FoundFunction[] {
  const table = GoTable.of(elf);
  const found: FoundFunction[] = [];
  for (const [one, name] of table?.named(names) ?? []) {
    const code = table!.codeOf(one);
    const places = code && placesIn(code);
    if (!places) continue;
    const address = (place: number) => one.begin + place;
    found.push({ name, begin: address(places.begin), returns: places.returns.map(address) });
  }
  return found;
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
