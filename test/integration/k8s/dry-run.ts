import { createObject, type KubernetesServer } from '@flowloom/testkit';
import type { KubernetesObject } from '../../../k8s/helm.ts';

/**
 * Has the API server take objects as it would if they were meant: defaulting, validation, admission; an unknown or
 * doubled field is an error. Nothing is kept. Throws what it says of the first that it refuses.
 */
export async function dryRun(kubernetes: KubernetesServer, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) await createObject(kubernetes, object, { dryRun: true });
}
