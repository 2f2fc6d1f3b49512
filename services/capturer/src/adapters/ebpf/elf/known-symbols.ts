import { statSync } from 'node:fs';
import { ElfFile, type ElfSymbol } from './elf-file.ts';

const MAX_FILES = 1024;
const known = new Map<string, readonly ElfSymbol[]>();

/**
 * Symbols of these names in a file that many processes run: its tables are gone through once, which takes a tenth of a second for a
 * large program, and again when the file has changed. None where the file cannot be read.
 */
export function symbolsOf(path: string, wanted: readonly string[]): readonly ElfSymbol[] {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (file === undefined) return [];
  const key = [file.dev, file.ino, file.mtimeNs, file.size, ...wanted].join();
  const before = known.get(key);
  if (before) return before;
  const elf = ElfFile.open(path);
  if (elf === undefined) return [];
  const symbols = elf.symbols(wanted);
  elf.close();
  if (known.size >= MAX_FILES) known.clear();
  known.set(key, symbols);
  return symbols;
}
