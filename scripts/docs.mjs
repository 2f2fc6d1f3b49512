// Writes the generated pages under docs/reference, or with --check says which ones are not up to date (exit 1).
// Each module in scripts/docs exports `pages()`: an object of path and text.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const isCheck = process.argv.includes('--check');
const stale = [];

for (const name of readdirSync('scripts/docs').sort()) {
  const { pages } = await import(new URL(`docs/${name}`, import.meta.url));
  for (const [path, text] of Object.entries(await pages())) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    stale.push(path);
    if (isCheck) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
}
if (isCheck && stale.length) {
  console.error(`not up to date: ${stale.join(', ')}; run npm run docs`);
  process.exitCode = 1;
}
