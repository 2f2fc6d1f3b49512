// Compiles the eBPF programs, each NAME.bpf.c into dist/NAME.bpf.o, one object for all kernels (CO-RE); nothing where they
// have not changed: `node scripts/ebpf.mjs`. Plain Node >= 20.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcesHash } from '../services/capturer/src/adapters/ebpf/sources-hash.mjs';

const sources = 'services/capturer/src/adapters/ebpf/bpf';
const stamp = 'dist/ebpf.bpf.sources';
const architectures = { x64: ['x86', 'x86_64-linux-gnu'], arm64: ['arm64', 'aarch64-linux-gnu'] };

export function buildEbpf(say, fail) {
  const files = readdirSync(sources);
  const state = sourcesHash(sources);
  const programs = files.filter((file) => file.endsWith('.bpf.c')).map((file) => file.slice(0, -2));
  const objects = programs.map((name) => `dist/${name}.o`);
  if ([...objects, stamp].every((file) => existsSync(file)) && readFileSync(stamp, 'utf8') === state) return;
  const architecture = architectures[process.arch];
  if (!architecture) return say(`no eBPF programs for ${process.arch}: packets alone`);
  const [target, headers] = architecture;
  say('eBPF programs');
  mkdirSync('dist', { recursive: true });
  const flags = [
    '-O2',
    '-g',
    '-Wall',
    '-Werror',
    '-target',
    'bpf',
    `-D__TARGET_ARCH_${target}`,
    `-DBUILT_FROM="${state}"`,
  ];
  for (const [i, object] of objects.entries()) {
    const source = join(sources, `${programs[i]}.c`);
    // Atomic exchanges (Linux 5.12), for the program that needs Linux 6.6 anyway.
    const cpu = programs[i].startsWith('loopback') ? ['-mcpu=v3'] : [];
    const command = ['clang', ...flags, ...cpu, `-I/usr/include/${headers}`, '-c', source, '-o', object];
    const { status, stderr, error } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
    if (status !== 0) fail(`${command.join(' ')} failed: ${error?.message ?? stderr}`);
  }
  writeFileSync(stamp, state);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  const say = (text) => console.error(text);
  buildEbpf(say, (text) => {
    say(text);
    process.exit(1);
  });
}
