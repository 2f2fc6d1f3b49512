import type { AddressClaim, Claims, Resource, ResourceKind } from '../model/resource.ts';
import { commaList, type KubernetesObject, listOf, numberOf, textOf } from './objects.ts';
import { compact, defaultVpc, type Render, type RenderContext } from './render-context.ts';
import { natRenderers } from './render-nat.ts';

/** A reserved address says less than whoever uses it. */
const vipRank = -1;
const balancerRank = 1;

/** Kube-OVN's own kinds (kubeovn.io/v1), by resource. */
export const kubeOvnRenderers: Readonly<Record<string, Render>> = {
  'kubeovn.io/vpcs': (object, context) => ({
    ...resource('vpc', object, context, { vpc: object.name }, networkOf('router', object, object.name, context)),
    peers: listOf(object.spec.vpcPeerings).map(({ remoteVpc }) => textOf(remoteVpc)),
  }),
  'kubeovn.io/subnets': (object, context) => {
    const vpc = vpcOfSubnetObject(object);
    const prefixes = commaList(textOf(object.spec.cidrBlock)).map((cidr) => ({ vpc, cidr }));
    const tunnels = networkOf('switch', object, vpc, context);
    return resource('subnet', object, context, { vpc, subnet: object.name }, { prefixes, ...tunnels });
  },
  'kubeovn.io/vips': (object, context) => {
    const { spec, status } = object;
    const subnet = textOf(spec.subnet);
    const vpc = context.vpcOfSubnet(subnet) ?? '';
    const mac = textOf(status.mac) || textOf(spec.macAddress);
    const ips = addresses(vpc, textOf(spec.v4ip) || status.v4ip, textOf(spec.v6ip) || status.v6ip);
    const tags = { vpc, subnet, namespace: textOf(spec.namespace) };
    const macs = mac ? [{ vpc, mac }] : [];
    return { ...resource('vip', object, context, tags, { addresses: ips, macs }), rank: vipRank };
  },
  'kubeovn.io/switch-lb-rules': (object, context) => {
    const ips = commaList(textOf(object.spec.vip));
    const vpc = context.vpcOfAddress(ips[0] ?? '') ?? '';
    const tags = { service: object.name, namespace: textOf(object.spec.namespace), vpc };
    return { ...resource('lb', object, context, tags, { addresses: addresses(vpc, ...ips) }), rank: balancerRank };
  },
  ...natRenderers,
};

/** Id of a virtual network in tunnels, where OVN's southbound database tells it: of a subnet's switch or a VPC's router. */
function networkOf(kind: string, { name }: KubernetesObject, vpc: string, context: RenderContext): Claims {
  const network = context.named('ovn/datapaths', `${kind} ${name}`);
  return network ? { tunnels: [{ vpc, vni: numberOf(network.spec.key) }] } : {};
}

/** VPC of a Subnet object; a subnet of another provider than OVN, such as a macvlan, lies in none. */
export function vpcOfSubnetObject({ spec }: KubernetesObject): string {
  const provider = textOf(spec.provider) || 'ovn';
  const isOvn = provider === 'ovn' || provider.endsWith('.ovn');
  return textOf(spec.vpc) || (isOvn ? defaultVpc : '');
}

function addresses(vpc: string, ...lists: unknown[]): AddressClaim[] {
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
