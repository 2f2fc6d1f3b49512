import type { ElfFile } from './elf-file.ts';
import type { FoundFunction } from './go-functions.ts';
import { GoTable } from './go-table.ts';
import { instructionLength } from './x86-length.ts';

/** CALL with a distance of 32 bits. */
const CALL = 0xe8;
const CALL_BYTES = 5;
/** So much of the code is looked through at once. */
const SCAN_BYTES = 1 << 20;

/**
 * Where a Go program for amd64 calls functions of these names: `begin` is the call itself, where all arguments are in their
 * places, `returns` the instruction behind it. Code that is not understood up to there is left out.
 *
 * @param isWanted by the name of the function that calls
 */
export function goCalls(
  elf: ElfFile,
  names: readonly string[],
  isWanted: (caller: string) => boolean,
): FoundFunction[] {
  const table = GoTable.of(elf);
  if (table === undefined) return [];
  const targets = new Map<number, string>();
  for (const [{ begin }, name] of table.named(names)) targets.set(begin, name);
  const found: FoundFunction[] = [];
  for (const { name, begin } of targets.size > 0 ? looksLikeCalls(elf, table, targets) : []) {
    const caller = table.functionAt(begin);
    if (!caller || !isWanted(table.nameOf(caller)) || begin + CALL_BYTES >= caller.end) continue;
    const code = table.codeOf(caller);
    if (code && isInstruction(code, begin - caller.begin)) found.push({ name, begin, returns: [begin + CALL_BYTES] });
  }
  return found;
}

/** All bytes that would be such a call if they were an instruction. */
function looksLikeCalls(elf: ElfFile, table: GoTable, targets: ReadonlyMap<number, string>) {
  const found: { name: string; begin: number }[] = [];
  const { begin: text, end } = table.range;
  for (let from = text; from < end; from += SCAN_BYTES) {
    const code = elf.bytesFrom(from, Math.min(SCAN_BYTES + CALL_BYTES - 1, end - from));
    const { length } = code;
    for (let at = code.indexOf(CALL); at >= 0 && at + CALL_BYTES <= length; at = code.indexOf(CALL, at + 1)) {
      const name = targets.get(from + at + CALL_BYTES + code.readInt32LE(at + 1));
      if (name !== undefined) found.push({ name, begin: from + at });
    }
  }
  return found;
}

/** Whether an instruction of the function begins there. */
function isInstruction(code: Buffer, place: number): boolean {
  let at = 0;
  while (at < place) {
    const length = instructionLength(code, at);
    if (length === 0) return false;
    at += length;
  }
  return at === place;
}
