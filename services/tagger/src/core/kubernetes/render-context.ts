import type { Tags } from '../model/resource.ts';
import type { KubernetesObject } from './objects.ts';

/** What a renderer may ask about other objects. What it asks is remembered: when that changes, it is asked again. */
export interface RenderContext {
  readonly cluster: string | undefined;
  idOf(object: KubernetesObject): string;
  get(uid: string): KubernetesObject | undefined;
  nodes(): readonly KubernetesObject[];
  vpcOfSubnet(subnet: string): string | undefined;
  /** Chosen labels as JSON text; '' where it has none of them. */
  labelsOf(object: KubernetesObject): string;
}

/** Without the tags that do not apply. */
export function compact(tags: { readonly [N in keyof Tags]?: string | undefined }): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value)) as Tags;
}
