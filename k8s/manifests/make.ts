// Writes flowloom.yaml from the chart: `node k8s/manifests/make.ts`; with --check it only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { namespace, template } from '../helm.ts';

const file = new URL('flowloom.yaml', import.meta.url);

const head = `# Flowloom with the chart's default values, for kubectl: Kafka at kafka:9092 and Redis at redis:6379 in the namespace
# ${namespace}. Made from ../chart by make.ts; do not edit, see docs/guides/kubernetes.md.
apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
  labels:
    # Capturers use the host's network.
    pod-security.kubernetes.io/enforce: privileged
`;

/** What Helm alone makes use of is left out: its test, its marks. */
export async function plainManifests(): Promise<string> {
  const documents = (await template()).split(/^---\n/m).filter((text) => text.trim() && !text.includes('helm.sh/hook'));
  const plain = documents.map((text) =>
    text
      .replace(/^# Source: .*\n/gm, '')
      .replace(/^ *helm\.sh\/chart: .*\n/gm, '')
      .replace(/managed-by: Helm/g, 'managed-by: kubectl')
      .replace(/^\s+$/gm, '')
      .replace(/\n{2,}/g, '\n'),
  );
  return [head, ...plain].join('---\n');
}

if (import.meta.main) {
  const text = await plainManifests();
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error('k8s/manifests/flowloom.yaml is not up to date: node k8s/manifests/make.ts');
    process.exitCode = 1;
  }
}
