import type { Resource, Tags } from '../model/resource.ts';
import type { KubernetesObject } from './objects.ts';

/** Kube-OVN's VPC for what names none. */
export const defaultVpc = 'ovn-cluster';

/** What a renderer may ask about other objects. What it asks is remembered: when that changes, it is asked again. */
export interface RenderContext {
  readonly cluster: string | undefined;
  readonly defaultVpc: string;
  idOf(object: KubernetesObject): string;
  get(uid: string): KubernetesObject | undefined;
  /** The object of a resource of Kube-OVN or OVN by its name. */
  named(resource: string, name: string): KubernetesObject | undefined;
  nodes(): readonly KubernetesObject[];
  /** Objects of a resource that are for a pod: Kube-OVN's IPs, OVN's ports. */
  ofPod(resource: string, pod: KubernetesObject): readonly KubernetesObject[];
  vpcOfSubnet(subnet: string): string | undefined;
  /** The only VPC that has a subnet with this address. */
  vpcOfAddress(ip: string): string | undefined;
  /** The only subnet of the VPC that holds this address or CIDR. */
  subnetOfCidr(vpc: string, cidr: string): string | undefined;
  /** Chosen labels as JSON text; '' where it has none of them. */
  labelsOf(object: KubernetesObject): string;
}

export type Render = (object: KubernetesObject, context: RenderContext) => Resource;

/** Without the tags that do not apply. */
export function compact(tags: { readonly [N in keyof Tags]?: string | undefined }): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value)) as Tags;
}
