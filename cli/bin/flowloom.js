#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 node --max-semi-space-size=8
// Memory: V8 would take up to 128 MB a thread for what is new on the heap, and glibc keep what its threads have given back. Neither can be
// told once Node runs.
import { existsSync } from 'node:fs';

const built = new URL('../../dist/main.js', import.meta.url);
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `flowloom needs Node 24 or newer, this is ${process.version}: start it with npx, or put node_modules/.bin first in PATH`,
  );
  process.exit(2);
}
if (!existsSync(built)) {
  console.error('flowloom is not built yet: run `npm run setup` first');
  process.exit(2);
}
await import(built.href);
