import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cached } from '@flowloom/testkit';

const run = promisify(execFile);
const pathOf = (name: string): string => fileURLToPath(new URL(`../services/${name}`, import.meta.url));

/** Commands of the laboratory's services; those that are compiled are kept in testkit's cache by their source. */
export const programs = {
  node: async () => [process.execPath, pathOf('node-service.mjs')],
  pythonThreads: async () => ['python3', pathOf('python_threads.py')],
  pythonAsyncio: async () => ['python3', pathOf('python_asyncio.py')],
  workerQueue: () =>
    compiled('worker_queue.c', (source, binary) => run('gcc', ['-O1', '-pthread', '-o', binary, source])),
  go: () =>
    compiled('go/main.go', (source, binary) =>
      run('go', ['build', '-o', binary, '.'], { cwd: join(source, '..'), maxBuffer: 1 << 26 }),
    ),
} as const;

async function compiled(name: string, build: (source: string, binary: string) => Promise<unknown>): Promise<string[]> {
  const source = pathOf(name);
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const folder = await cached(`laboratory-${name.replace(/\W/g, '-')}-${version}`, async (folder) => {
    await build(source, join(folder, 'service'));
  });
  return [join(folder, 'service')];
}
