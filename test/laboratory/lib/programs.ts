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
    compiled(['worker_queue.c'], (source, binary) => run('gcc', ['-O1', '-pthread', '-o', binary, source])),
  java: async (java: string) => {
    const [binary] = await compiled(['Service.java'], (source, binary) => run('javac', ['-d', binary, source]));
    return [java, '-Dsun.net.httpserver.nodelay=true', '-cp', binary, 'Service'];
  },
  go: () =>
    compiled(['go/main.go', 'go/grpc.go', 'go/stores.go', 'go/go.sum'], (source, binary) =>
      run('go', ['build', '-o', binary, '.'], { cwd: join(source, '..'), maxBuffer: 1 << 26 }),
    ),
} as const;

/** `names`: the sources; the first is what is compiled. */
async function compiled(names: readonly string[], build: (source: string, binary: string) => Promise<unknown>) {
  const hash = createHash('sha256');
  for (const name of names) hash.update(readFileSync(pathOf(name)));
  const entry = `laboratory-${names[0].replace(/\W/g, '-')}-${hash.digest('hex').slice(0, 12)}`;
  const folder = await cached(entry, async (folder) => {
    await build(pathOf(names[0]), join(folder, 'service'));
  });
  return [join(folder, 'service')];
}
