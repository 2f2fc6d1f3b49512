import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { buildGoProgram, downloadModule } from './go.ts';

const version = 'v1.34.4';
const stagingVersion = version.replace('v1.', 'v0.');
const module = 'k8s.io/kubernetes';
export const apiserverEntry = `kube-apiserver-${version}`;

const main = `package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}
`;

/** Path of the kube-apiserver binary; built once (2.7 minutes). */
export async function apiserverBinary(): Promise<string> {
  const folder = await cached(apiserverEntry, async (part) => {
    const replace = stagingReplacements(await readFile((await downloadModule(module, version)).GoMod, 'utf8'));
    const program = { name: 'kube-apiserver', package: '.', module, version, replace, files: { 'main.go': main } };
    await buildGoProgram(program, part);
  });
  return join(folder, 'kube-apiserver');
}

/** Kubernetes requires its staging repositories as v0.0.0; they are published as v0.<minor>.<patch>. */
function stagingReplacements(goMod: string): string[] {
  return [...goMod.matchAll(/^\s*(k8s\.io\/\S+) v0\.0\.0(?=\s)/gm)].map(
    ([, name]) => `${name} => ${name} ${stagingVersion}`,
  );
}
