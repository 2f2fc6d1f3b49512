import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder for the large inputs of benchmarks, outside the checkout: `FLOWLOOM_CACHE`, else the user's cache. */
export function dataDir(): string {
  const dir = join(process.env.FLOWLOOM_CACHE ?? join(homedir(), '.cache', 'flowloom'), 'bench');
  mkdirSync(dir, { recursive: true });
  return dir;
}
