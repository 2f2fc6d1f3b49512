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
 * Creates an object of any kind, and then its `status` where it has one: there are no controllers and kubelets that would. An
 * unknown or doubled field is an error; with `dryRun` nothing is kept. Resolves to its metadata; throws what the API says of it.
 */
export async function createObject(
  kubernetes: KubernetesServer,
  object: ApiObject,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<{ uid: string }> {
  const { apiVersion, kind, metadata } = object;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await kubernetes.call('GET', root)) as ResourceList;
  const resource = resources.find((each) => each.kind === kind && !each.name.includes('/'));
  if (!resource) throw new Error(`the API has no ${apiVersion} ${kind}`);
  const path = `${root}${resource.namespaced ? `/namespaces/${metadata.namespace}` : ''}/${resource.name}`;
  const strict = `fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
  const call = (method: string, place: string, body: object) =>
    kubernetes.call(method, `${path}${place}?${strict}`, body).catch((error: Error) => {
      throw new Error(`${kind} ${metadata.name}: ${error.message}`);
    });
  const made = (await call('POST', '', object)) as { metadata: { uid: string } };
  const { status } = object as { status?: object };
  // Where it is no resource of its own, it has been taken with the rest.
  const hasOwnStatus = resources.some(({ name }) => name === `${resource.name}/status`);
  if (status && hasOwnStatus && !dryRun) await call('PUT', `/${metadata.name}/status`, { ...made, status });
  return made.metadata;
}
