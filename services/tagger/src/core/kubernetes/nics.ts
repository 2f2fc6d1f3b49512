import { commaList, type KubernetesObject, listOf, textOf } from './objects.ts';
import type { RenderContext } from './render-context.ts';

/** One interface of a pod, as Kube-OVN's annotations or the pod's status tell. */
export interface Nic {
  readonly vpc: string;
  readonly subnet: string;
  readonly ips: readonly string[];
  readonly macs: readonly string[];
}

const switchOf = /^(.+)\.kubernetes\.io\/logical_switch$/;

/**
 * Interfaces of a pod. Kube-OVN says them in annotations, `ovn.kubernetes.io/...` of the first and
 * `<network>.<namespace>[.ovn].kubernetes.io/...` of others, and in IP objects, which come a little earlier. What only the
 * pod's status has, of whatever network plugin, lies in what all VPCs share.
 */
export function nicsOf(pod: KubernetesObject, context: Pick<RenderContext, 'vpcOfSubnet' | 'ofPod'>): Nic[] {
  const { annotations, status } = pod;
  const providers = Object.keys(annotations).flatMap((key) => switchOf.exec(key)?.[1] ?? []);
  const first = (provider: string) => (provider === 'ovn' ? 0 : 1);
  const nics = providers
    .sort((a, b) => first(a) - first(b))
    .map((provider): Nic => {
      const value = (name: string) => annotations[`${provider}.kubernetes.io/${name}`];
      const subnet = value('logical_switch') ?? '';
      const vpc = value('logical_router') || context.vpcOfSubnet(subnet) || '';
      return { vpc, subnet, ips: commaList(value('ip_address')), macs: commaList(value('mac_address')) };
    });
  const isNew = (ips: readonly string[]) =>
    ips.length > 0 && !nics.some((nic) => nic.ips.some((ip) => ips.includes(ip)));
  for (const { spec } of context.ofPod('kubeovn.io/ips', pod)) {
    const subnet = textOf(spec.subnet);
    const ips = [...commaList(textOf(spec.v4IpAddress)), ...commaList(textOf(spec.v6IpAddress))];
    const nic = { vpc: context.vpcOfSubnet(subnet) ?? '', subnet, ips, macs: commaList(textOf(spec.macAddress)) };
    if (isNew(ips)) nics.push(nic);
  }
  const all = listOf(status.podIPs).map(({ ip }) => textOf(ip));
  const ips = all.length > 0 ? all : commaList(textOf(status.podIP));
  if (isNew(ips) && !providers.includes('ovn')) nics.unshift({ vpc: '', subnet: '', ips, macs: [] });
  return nics;
}
