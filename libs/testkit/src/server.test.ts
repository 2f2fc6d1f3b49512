import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serverFolder, startServer } from './server.ts';

const node = (script: string) => [process.execPath, '-e', script];

test('a server that ends before it serves is an error with the end of its log', async () => {
  const command = node("console.error('port is taken'); process.exit(1)");
  const starting = startServer({ name: 'broken', command, ready: async () => false });
  await expect(starting).rejects.toThrow('broken did not start: port is taken');
});

test('a command that does not exist is an error', async () => {
  const starting = startServer({ name: 'none', command: ['/no/such/command'], ready: async () => false });
  await expect(starting).rejects.toThrow('ENOENT');
});

test('a server that takes too long is ended', async () => {
  const command = node('setInterval(() => {}, 1000)');
  const starting = startServer({ name: 'slow', command, ready: async () => false, startTimeoutMs: 100 });
  await expect(starting).rejects.toThrow('slow did not start');
});

test('stop lets a server end in order and removes its folder', async () => {
  const folder = serverFolder('orderly');
  const script = "process.on('SIGTERM', () => process.exit()); console.log('ready'); setInterval(() => {}, 1000)";
  const server = await startServer({ name: 'orderly', command: node(script), folder, ready: async () => true });
  expect(existsSync(folder)).toBe(true);
  await server.stop();
  expect(existsSync(folder)).toBe(false);
  expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
});
