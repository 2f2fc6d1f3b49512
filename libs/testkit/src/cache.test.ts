import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cached, isCached } from './cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowloom-cache-'));
  vi.stubEnv('FLOWLOOM_CACHE', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('fills an entry once, however many ask for it at once', async () => {
  let fills = 0;
  const fill = async (part: string) => {
    fills++;
    await sleep(20);
    writeFileSync(join(part, 'file'), 'whole');
  };
  const paths = await Promise.all([cached('tool-1', fill), cached('tool-1', fill), cached('tool-1', fill)]);
  expect(fills).toBe(1);
  expect(new Set(paths)).toEqual(new Set([join(folder, 'tool-1')]));
  expect(readdirSync(folder)).toEqual(['tool-1']);
});

test('leaves nothing behind when filling fails, and tries again the next time', async () => {
  await expect(cached('tool-1', () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
  expect(readdirSync(folder)).toEqual([]);
  await cached('tool-1', async () => {});
  expect(isCached('tool-1')).toBe(true);
});

test('takes over from a process that died while it was filling', async () => {
  const { pid } = spawnSync('true');
  writeFileSync(join(folder, 'tool-1.lock'), String(pid));
  await cached('tool-1', async () => {});
  expect(existsSync(join(folder, 'tool-1.lock'))).toBe(false);
});
