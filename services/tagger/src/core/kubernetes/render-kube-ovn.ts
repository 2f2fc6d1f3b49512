import type { Claims, Resource, ResourceKind } from '../model/resource.ts';
import { commaList, type KubernetesObject, listOf, textOf } from './objects.ts';
import { compact, type RenderContext } from './render-context.ts';

/** Kube-OVN's VPC for what names none. */
const defaultVpc = 'ovn-cluster';

export type Render = (object: KubernetesObject, context: RenderContext) => Resource;

/** Kube-OVN's own kinds (kubeovn.io/v1), by resource. */
export const kubeOvnRenderers: Readonly<Record<string, Render>> = {
  'kubeovn.io/vpcs': (object, context) => ({
    ...resource('vpc', object, context, { vpc: object.name }, {}),
    peers: listOf(object.spec.vpcPeerings).map(({ remoteVpc }) => textOf(remoteVpc)),
  }),
  'kubeovn.io/subnets': (object, context) => {
    const vpc = vpcOfSubnetObject(object);
    const prefixes = commaList(textOf(object.spec.cidrBlock)).map((cidr) => ({ vpc, cidr }));
    return resource('subnet', object, context, { vpc, subnet: object.name }, { prefixes });
  },
  'kubeovn.io/vips': (object, context) => {
    const { subnet, v4ip, v6ip, macAddress } = object.spec;
    const vpc = context.vpcOfSubnet(textOf(subnet)) ?? '';
    const tags = { vpc, subnet: textOf(subnet), namespace: textOf(object.spec.namespace) };
    const macs = textOf(macAddress) ? [{ vpc, mac: textOf(macAddress) }] : [];
    return resource('vip', object, context, tags, { addresses: addresses(vpc, v4ip, v6ip), macs });
  },
  'kubeovn.io/switch-lb-rules': (object, context) => {
    const tags = { service: object.name, namespace: textOf(object.spec.namespace) };
    return resource('lb', object, context, tags, { addresses: addresses('', object.spec.vip) });
  },
  'kubeovn.io/vpc-nat-gateways': (object, context) => {
    const vpc = textOf(object.spec.vpc);
    return resource('nat_gateway', object, context, { vpc }, { addresses: addresses(vpc, object.spec.lanIp) });
  },
  'kubeovn.io/iptables-eips': (object, context) =>
    resource('nat_gateway', object, context, {}, { addresses: addresses('', object.spec.v4ip, object.spec.v6ip) }),
  'kubeovn.io/ovn-eips': (object, context) =>
    resource('nat_gateway', object, context, {}, { addresses: addresses('', object.spec.v4Ip, object.spec.v6Ip) }),
};

/** VPC of a Subnet object. */
export function vpcOfSubnetObject(subnet: KubernetesObject): string {
  return textOf(subnet.spec.vpc) || defaultVpc;
}

function addresses(vpc: string, ...lists: unknown[]): Claims['addresses'] {
  return lists.flatMap((list) => commaList(textOf(list))).map((ip) => ({ vpc, ip }));
}

function resource(
  kind: ResourceKind,
  object: KubernetesObject,
  context: RenderContext,
  tags: Parameters<typeof compact>[0],
  claims: Claims,
): Resource {
  const { name, createdUs: fromUs } = object;
  return { id: context.idOf(object), kind, name, fromUs, tags: compact({ cluster: context.cluster, ...tags }), claims };
}
