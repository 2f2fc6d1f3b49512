import { ElfFile } from '../elf/elf-file.ts';
import { type GoBuild, goBuild } from './go-version.ts';
import type { MappedFile } from './running-program.ts';

const MAX_FILES = 16_384;

/** What program files were built with, looked up once each. */
export class GoBuilds {
  readonly #builds = new Map<string, GoBuild | undefined>();

  /** Undefined: no Go program, or one that cannot be read now. */
  of({ key, path }: MappedFile): GoBuild | undefined {
    if (this.#builds.has(key)) return this.#builds.get(key);
    const elf = ElfFile.open(path);
    if (elf === undefined) return undefined; // the process has ended meanwhile
    const build = goBuild(elf);
    elf.close();
    if (this.#builds.size > MAX_FILES) this.#builds.clear();
    this.#builds.set(key, build);
    return build;
  }
}
