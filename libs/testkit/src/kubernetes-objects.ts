import type { KubernetesServer } from './kubernetes.ts';

/** The least that is read of any object of the API. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/**
 * Creates an object of any kind, and then its `status` where it has one: there are no controllers and kubelets that would.
 * `query` goes to the first call. Resolves to its metadata; throws what the API says of it.
 */
export async function createObject(
  kubernetes: KubernetesServer,
  object: ApiObject,
  query = '',
): Promise<{ uid: string }> {
  const { apiVersion, kind, metadata } = object;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await kubernetes.call('GET', root)) as ResourceList;
  const resource = resources.find((each) => each.kind === kind && !each.name.includes('/'));
  if (!resource) throw new Error(`the API has no ${apiVersion} ${kind}`);
  const path = `${root}${resource.namespaced ? `/namespaces/${metadata.namespace}` : ''}/${resource.name}`;
  const failed = (error: Error) => {
    throw new Error(`${kind} ${metadata.name}: ${error.message}`);
  };
  const made = (await kubernetes.call('POST', path + query, object).catch(failed)) as {
    metadata: { uid: string };
  };
  const { status } = object as { status?: object };
  if (status && !query)
    await kubernetes.call('PUT', `${path}/${metadata.name}/status`, { ...made, status }).catch(failed);
  return made.metadata;
}
