import type { ElfFile } from './elf-file.ts';
import type { FoundFunction } from './go-functions.ts';

/** `PyMethodDef` (methodobject.h): pointer to the name, to the function, flags, pointer to the documentation. */
const ENTRY_BYTES = 32;
/** Methods of a class, looked for on both sides of the first one that is found. */
const MAX_METHODS = 64;
const MAX_NAME_BYTES = 64;

/**
 * Functions of a class that is written in C, by names as `SimpleQueue.put`: its table of methods is found by the name of one
 * that it shares with no other class, `rare`. A stripped file has that table, too, as the interpreter needs it.
 */
export function pythonMethods(elf: ElfFile, names: readonly string[], rare: string): FoundFunction[] {
  for (const text of elf.addressesOf(Buffer.from(`${rare}\0`))) {
    for (const place of elf.pointersTo(text)) {
      const methods = tableAt(elf, place);
      const found = names.flatMap((name) => {
        const begin = methods.get(name.slice(name.indexOf('.') + 1));
        return begin === undefined ? [] : [{ name, begin, returns: [] }];
      });
      if (found.length === names.length) return found;
    }
  }
  return [];
}

/** The functions by their names of the table around an entry. */
function tableAt(elf: ElfFile, place: number): Map<string, number> {
  const methods = new Map<string, number>();
  for (const step of [-ENTRY_BYTES, ENTRY_BYTES]) {
    let at = step < 0 ? place : place + step;
    for (let i = 0; i < MAX_METHODS; i++, at += step) {
      const [text, code] = [elf.pointerAt(at), elf.pointerAt(at + 8)];
      const name = text && textAt(elf, text);
      if (!name || !code) break;
      methods.set(name, code);
    }
  }
  return methods;
}

/** An identifier that begins there; '' where none does. */
function textAt(elf: ElfFile, address: number): string {
  const bytes = elf.bytesFrom(address, MAX_NAME_BYTES);
  return /^(\w+)\0/.exec(bytes.toString('latin1'))?.[1] ?? '';
}
