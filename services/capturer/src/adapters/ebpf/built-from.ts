import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sourcesHash } from './sources-hash.mjs';

/** Put in by scripts/build.mjs: a bundle has no sources beside it. */
declare const EBPF_SOURCES: string | undefined;

/** Whether an object file was built from the sources that this program was built with: names of maps, layouts of memory are those. */
export function isBuiltFromHere(objectFile: string): boolean {
  const hash =
    typeof EBPF_SOURCES === 'string' ? EBPF_SOURCES : sourcesHash(fileURLToPath(new URL('bpf', import.meta.url)));
  return readFileSync(objectFile).includes(hash);
}
