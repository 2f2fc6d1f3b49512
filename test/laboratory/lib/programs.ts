import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cached, mavenJars } from '@flowloom/testkit';

const run = promisify(execFile);
const pathOf = (name: string): string => fileURLToPath(new URL(`../services/${name}`, import.meta.url));
const go = ['main.go', 'grpc.go', 'stores.go', 'go.sum'].map((name) => `go/${name}`);

const rust = ['Cargo.toml', 'src/main.rs'].map((name) => `rust/${name}`);

/** Another runtime, or a service that was built otherwise, in its place: LAB_PYTHON, LAB_JAVA, LAB_GO, LAB_NODE or LAB_C is its path. */
const given = (runtime: 'PYTHON' | 'JAVA' | 'GO' | 'NODE' | 'C'): string | undefined => process.env[`LAB_${runtime}`];

/** Debian's, for which Debian has the drivers; `python3` may be another one. */
export const debianPython = given('PYTHON') ?? '/usr/bin/python3';
const python3 = given('PYTHON') ?? 'python3';

/** Commands of the laboratory's services; those that are compiled are kept in testkit's cache by their source. */
export const programs = {
  node: async () => [given('NODE') ?? process.execPath, pathOf('node/service.mjs')],
  nodeCallbacks: async () => [given('NODE') ?? process.execPath, pathOf('node/callbacks.cjs')],
  pythonThreads: async (python = python3) => [python, pathOf('python/threads.py')],
  pythonAsyncio: async (python = python3) => [python, pathOf('python/tasks.py')],
  pythonWsgi: async () => [debianPython, pathOf('python/wsgi.py')],
  pythonGrpc: async () => [debianPython, pathOf('python/grpc_server.py')],
  pythonConsumer: async () => [debianPython, pathOf('python/consumer.py')],
  workerQueue: () =>
    givenOr('C', () =>
      compiled(['worker_queue.c'], (source, binary) => run('gcc', ['-O1', '-pthread', '-o', binary, source])),
    ),
  java: async (java: string, { jdbc = false } = {}) => {
    const [binary] = await compiled(['java/Service.java'], (source, binary) =>
      run('javac', ['--release', '11', '-d', binary, source]),
    );
    const classes = jdbc ? `${binary}:${await jdbcJars()}/*` : binary;
    return [given('JAVA') ?? java, '-Dsun.net.httpserver.nodelay=true', '-cp', classes, 'Service'];
  },
  go: () =>
    givenOr('GO', () =>
      compiled(go, (source, binary) =>
        run('go', ['build', '-o', binary, '.'], { cwd: join(source, '..'), maxBuffer: 1 << 26 }),
      ),
    ),
  rust: () =>
    compiled(rust, async (manifest, binary) => {
      const copy = `${binary}-source`; // Cargo writes beside its sources
      await cp(join(manifest, '..'), copy, { recursive: true });
      await run('cargo', ['build', '--release', '--target-dir', 'target'], { cwd: copy, maxBuffer: 1 << 26 });
      await copyFile(join(copy, 'target/release/service'), binary);
      await rm(copy, { recursive: true });
    }),
} as const;

async function givenOr(runtime: 'GO' | 'C', build: () => Promise<string[]>): Promise<string[]> {
  const path = given(runtime);
  return path ? [path] : build();
}

function jdbcJars(): Promise<string> {
  return mavenJars('laboratory-jdbc-1', [
    { name: 'org.postgresql:postgresql', version: '42.7.8', alone: true },
    { name: 'org.mariadb.jdbc:mariadb-java-client', version: '3.5.6', alone: true },
  ]);
}

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
