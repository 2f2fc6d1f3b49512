import type { ElfFile } from '../elf/elf-file.ts';

const MAGIC = '\xff Go buildinf:';
/** The version follows the header as text since Go 1.18; before, the header points to it. */
const INLINE_STRINGS = 2;

/** Minor version of Go 1 that built the program, from its section `.go.buildinfo` (package debug/buildinfo); undefined where it is none. */
export function goMinorVersion(elf: ElfFile): number | undefined {
  const section = elf.section('.go.buildinfo');
  if (section === undefined) return undefined;
  const bytes = elf.contents(section);
  if (bytes.length < 34 || bytes.toString('latin1', 0, 14) !== MAGIC) return undefined;
  if ((bytes[15] & INLINE_STRINGS) === 0) return undefined;
  const length = bytes[32]; // an unsigned varint: a version is shorter than 128 bytes
  const text = bytes.toString('latin1', 33, 33 + length);
  const minor = /^go1\.(\d+)/.exec(text) ?? /^devel go1\.(\d+)/.exec(text);
  return minor ? Number(minor[1]) : undefined;
}
