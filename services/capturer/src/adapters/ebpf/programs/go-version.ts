import type { ElfFile } from '../elf/elf-file.ts';

const MAGIC = '\xff Go buildinf:';
/** The version follows the header as text since Go 1.18; before, the header points to it. */
const INLINE_STRINGS = 2;

/** What a Go program was built with: minor versions of Go 1, and of gRPC 1 where that is in it. */
export interface GoBuild {
  readonly go: number;
  readonly grpc: number | undefined;
}

/** From the program's section `.go.buildinfo` (package debug/buildinfo); undefined where it is none. */
export function goBuild(elf: ElfFile): GoBuild | undefined {
  const section = elf.section('.go.buildinfo');
  if (section === undefined) return undefined;
  const bytes = elf.contents(section);
  if (bytes.length < 34 || bytes.toString('latin1', 0, 14) !== MAGIC) return undefined;
  if ((bytes[15] & INLINE_STRINGS) === 0) return undefined;
  const length = bytes[32]; // an unsigned varint: a version is shorter than 128 bytes
  const text = bytes.toString('latin1', 33, 33 + length);
  const minor = /^go1\.(\d+)/.exec(text) ?? /^devel go1\.(\d+)/.exec(text);
  if (minor === null) return undefined;
  // Behind it, with a length of its own, the modules: `dep path version sum`, a line each.
  const grpc = /\tgoogle\.golang\.org\/grpc\tv1\.(\d+)/.exec(bytes.toString('latin1', 33 + length));
  return { go: Number(minor[1]), grpc: grpc ? Number(grpc[1]) : undefined };
}
