import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { downloadModule } from './go.ts';

const version = 'v1.14.10';
export const kubeOvnEntry = `kube-ovn-definitions-${version}`;

/** Path of Kube-OVN's own CustomResourceDefinitions (YAML, Apache-2.0), as its chart installs them: from its Go module. */
export async function kubeOvnDefinitionsFile(): Promise<string> {
  const folder = await cached(kubeOvnEntry, async (part) => {
    const { Dir } = await downloadModule('github.com/kubeovn/kube-ovn', version);
    await copyFile(join(Dir, 'charts/kube-ovn-v2/crds/kube-ovn-crd.yaml'), join(part, 'definitions.yaml'));
    await copyFile(join(Dir, 'LICENSE'), join(part, 'LICENSE'));
  });
  return join(folder, 'definitions.yaml');
}
