// Copies the third-party files that the bundle in dist/ loads to OUT/node_modules: `node k8s/image/modules.ts OUT`.
// esbuild follows every import from dist/; of a package only the files that it reaches are copied, with the manifest and
// the licence, and what is compiled. Prints how many and how large.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');
process.chdir(root);
const out = process.argv[2];
if (!out) throw new Error('node k8s/image/modules.ts OUT');

/** Both are loaded when they are needed, by a `require` that esbuild does not see, and load what is compiled by a path. */
const native = "require('cap'); require('koffi');";
const compiled = ['cap/build/Release/cap.node', `@koromix/koffi-linux-${process.arch}`];

/** An optional part that is not installed: whoever wants it asks for it in a try. */
const missing: Plugin = {
  name: 'missing',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...how }) => {
      if (pluginData === missing) return undefined;
      const found = await resolve(path, { ...how, pluginData: missing });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};

async function reachedFiles(): Promise<string[]> {
  const entries = readdirSync('dist').filter((name) => name.endsWith('.js'));
  const { metafile } = await build({
    entryPoints: entries.map((name) => `dist/${name}`),
    stdin: { contents: native, resolveDir: root },
    bundle: true,
    metafile: true,
    write: false,
    outdir: 'unused',
    format: 'esm',
    platform: 'node',
    conditions: ['node'],
    external: ['*.node'],
    plugins: [missing],
    logLevel: 'error',
  });
  return Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/'));
}

/** `node_modules/a/node_modules/@b/c/lib/x.js` is in `node_modules/a/node_modules/@b/c`. */
function packageOf(path: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)![0];
}

/** Manifests on the way from the file up to its package say how it is loaded (`"type"`). */
function manifestsOf(path: string): string[] {
  const found: string[] = [];
  for (let folder = dirname(path); folder.startsWith(packageOf(path)); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) found.push(join(folder, 'package.json'));
  }
  return found;
}

const isLicence = (name: string) => /^(licen[cs]e|notice|copying)/i.test(name);

const reached = await reachedFiles();
const files = new Set([...reached, ...reached.flatMap(manifestsOf)]);
for (const path of compiled) files.add(join('node_modules', path));
for (const folder of new Set([...files].map(packageOf))) {
  for (const name of readdirSync(folder)) if (isLicence(name)) files.add(join(folder, name));
}

let bytes = 0;
for (const path of files) {
  const target = join(out, path);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(path, target, { recursive: true });
  bytes += statSync(path).size;
}
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
console.log(
  `flowloom ${version}: ${files.size} files of ${new Set([...files].map(packageOf)).size} packages, ${Math.ceil(bytes / 1e6)} MB`,
);
