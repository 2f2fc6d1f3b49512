import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { kubeOvnDefinitionsFile } from './build/kube-ovn.ts';
import type { KubernetesServer } from './kubernetes.ts';

/** A CustomResourceDefinition (apiextensions.k8s.io/v1), the part that is read here. */
export interface CustomResourceDefinition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** Kube-OVN's own definitions. */
export async function kubeOvnDefinitions(): Promise<CustomResourceDefinition[]> {
  return parseAllDocuments(await readFile(await kubeOvnDefinitionsFile(), 'utf8')).flatMap((document) => {
    const object = document.toJS() as CustomResourceDefinition | null;
    return object ? [object] : [];
  });
}

/** Installs definitions; resolves when the API serves them. */
export async function installDefinitions(
  kubernetes: KubernetesServer,
  definitions: readonly CustomResourceDefinition[],
): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await Promise.all(definitions.map((definition) => kubernetes.call('POST', path, definition)));
  await Promise.all(definitions.map((definition) => served(kubernetes, definition)));
}

async function served(kubernetes: KubernetesServer, { spec }: CustomResourceDefinition): Promise<void> {
  const path = `/apis/${spec.group}/${spec.versions[0].name}/${spec.names.plural}`;
  const answers = () =>
    kubernetes.call('GET', path).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await sleep(20);
}
