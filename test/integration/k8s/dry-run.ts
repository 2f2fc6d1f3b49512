import type { KubernetesServer } from '@flowloom/testkit';
import type { KubernetesObject } from '../../../k8s/helm.ts';

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/**
 * Has the API server take objects as it would if they were meant: defaulting, validation, admission; an unknown or
 * doubled field is an error. Nothing is kept. Throws what it says of the first that it refuses.
 */
export async function dryRun(kubernetes: KubernetesServer, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { resources } = (await kubernetes.call('GET', root)) as ResourceList;
    const resource = resources.find((each) => each.kind === kind && !each.name.includes('/'));
    if (!resource) throw new Error(`the API has no ${apiVersion} ${kind}`);
    const scope = resource.namespaced ? `/namespaces/${metadata.namespace}` : '';
    const path = `${root}${scope}/${resource.name}?dryRun=All&fieldValidation=Strict`;
    await kubernetes.call('POST', path, object).catch((error: Error) => {
      throw new Error(`${kind} ${metadata.name}: ${error.message}`);
    });
  }
}
