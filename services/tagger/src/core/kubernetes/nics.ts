import { commaList, type KubernetesObject, listOf, textOf } from './objects.ts';

/** One interface of a pod, as Kube-OVN's annotations or the pod's status tell. */
export interface Nic {
  readonly vpc: string;
  readonly subnet: string;
  readonly ips: readonly string[];
  readonly macs: readonly string[];
}

const switchOf = /^(.+)\.kubernetes\.io\/logical_switch$/;

/**
 * Interfaces of a pod: `ovn.kubernetes.io/...` is its first, `<provider>.kubernetes.io/...` are the others. Without
 * Kube-OVN it has one, in what all VPCs share. `vpcOfSubnet` knows the VPC where the annotation does not say it.
 */
export function nicsOf(pod: KubernetesObject, vpcOfSubnet: (subnet: string) => string | undefined): Nic[] {
  const { annotations, status } = pod;
  const nics = Object.keys(annotations).flatMap((key) => {
    const provider = switchOf.exec(key)?.[1];
    if (!provider) return [];
    const value = (name: string) => annotations[`${provider}.kubernetes.io/${name}`];
    const subnet = annotations[key];
    const vpc = value('logical_router') || vpcOfSubnet(subnet) || '';
    return [{ vpc, subnet, ips: commaList(value('ip_address')), macs: commaList(value('mac_address')) }];
  });
  if (nics.length > 0) return nics;
  const ips = listOf(status.podIPs).map(({ ip }) => textOf(ip));
  return [{ vpc: '', subnet: '', ips: ips.length > 0 ? ips : commaList(textOf(status.podIP)), macs: [] }];
}
