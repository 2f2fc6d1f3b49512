import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isListening } from './listeners.ts';

let child: ChildProcess;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowloom-listeners-'));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A process that runs that, and then says so. */
async function runs(script: string): Promise<number> {
  child = spawn(process.execPath, ['-e', `const net = require('node:net'); ${script}; process.stdin.resume()`]);
  await once(child.stdout!, 'data');
  return child.pid!;
}

it.each([
  ['127.0.0.1', "0, '127.0.0.1'"],
  ['any address', '0'],
])('finds who listens at %s', async (_, where) => {
  expect(isListening(await runs(`net.createServer().listen(${where}, () => console.log(1))`))).toBe(true);
});

it('finds who listens on a Unix socket', async () => {
  const script = `net.createServer().listen(${JSON.stringify(join(folder, 's'))}, () => console.log(1))`;
  expect(isListening(await runs(script))).toBe(true);
});

it('tells who has a connection alone, and who is not there, from these', async () => {
  const server = (await import('node:net')).createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  expect(isListening(await runs(`net.connect(${port}, '127.0.0.1', () => console.log(1))`))).toBe(false);
  server.close();
  expect(isListening(0)).toBe(false);
});
