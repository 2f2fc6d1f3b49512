// Bundles the command into dist/: our own packages inlined and split by what each command needs, third-party ones left
// in node_modules. Type checking is `npm run typecheck`.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { sourcesHash } from '../services/capturer/src/adapters/ebpf/sources-hash.mjs';

const packages = ['libs', 'services'].flatMap((dir) => readdirSync(dir).map((name) => `${dir}/${name}`)).concat('cli');
const external = new Set();
for (const dir of packages) {
  const { dependencies = {} } = JSON.parse(readFileSync(`${dir}/package.json`, 'utf8'));
  for (const name of Object.keys(dependencies)) if (!name.startsWith('@flowloom/')) external.add(name);
}

const { metafile } = await build({
  // A worker is an entry of its own: it is started by the path of its file.
  entryPoints: {
    main: 'cli/src/main.ts',
    'packet-thread': 'cli/src/replay/packet-thread.ts',
    'capture-worker': 'services/capturer/src/adapters/thread/capture-worker.ts',
  },
  outdir: 'dist',
  metafile: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  sourcesContent: false,
  keepNames: false,
  define: { EBPF_SOURCES: JSON.stringify(sourcesHash('services/capturer/src/adapters/ebpf/bpf')) },
  external: [...external].flatMap((name) => [name, `${name}/*`]),
  tsconfig: 'tsconfig.json',
  logLevel: 'warning',
});

// What an earlier build left goes only after this one has succeeded.
// The eBPF objects are made by scripts/ebpf.mjs.
for (const file of readdirSync('dist')) {
  if (!metafile.outputs[`dist/${file}`] && !file.includes('.bpf.')) rmSync(`dist/${file}`);
}
