import { copyFileSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { symbolsOf } from './known-symbols.ts';

const addon = join(dirname(createRequire(import.meta.url).resolve('cap/package.json')), 'build/Release/cap.node');
const folder = mkdtempSync(join(tmpdir(), 'flowloom-symbols-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'file');

it('reads a file once, whatever its name, until it changes', () => {
  copyFileSync(addon, path);
  const symbols = symbolsOf(path, ['_init', 'no_such_function']);
  expect(symbols).toMatchObject([{ name: '_init' }]);
  linkSync(path, `${path}-too`);
  expect(symbolsOf(`${path}-too`, ['_init', 'no_such_function'])).toBe(symbols);
  expect(symbolsOf(path, ['no_such_function'])).toEqual([]);
  writeFileSync(path, 'no program any more');
  expect(symbolsOf(path, ['_init', 'no_such_function'])).toEqual([]);
});

it('knows nothing of a file that is not there', () => {
  expect(symbolsOf(join(folder, 'none'), ['_init'])).toEqual([]);
});
