#!/usr/bin/env node
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
