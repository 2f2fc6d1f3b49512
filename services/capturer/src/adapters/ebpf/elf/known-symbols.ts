import { statSync } from 'node:fs';
import { ElfFile, type ElfSymbol } from './elf-file.ts';

const MAX_FILES = 1024;
const known = new Map<string, readonly ElfSymbol[]>();

/**
 * Symbols of these names in a file that many processes run: its tables are gone through once, which takes a tenth of a second for a
 * large program, and again when the file has changed. None where the file cannot be read.
 */
export function symbolsOf(path: string, wanted: readonly string[]): readonly ElfSymbol[] {
  const file = identityOf(path);
  if (file === undefined) return [];
  const key = [file, ...wanted].join();
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

/** Another one when the file has changed, or is another file. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino, mtimeNs, size } = statSync(path, { bigint: true });
    return `${dev}:${ino}:${mtimeNs}:${size}`;
  } catch {
    return undefined;
  }
}
