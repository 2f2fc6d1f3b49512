import type { AddressClaim, PortClaim, Resource, Tags } from '../model/resource.ts';
import { commaList, type Fields, type KubernetesObject, textOf } from './objects.ts';
import { compact, type Render, type RenderContext } from './render-context.ts';

/** Of several that have one address at once the highest rank counts: a rule says more than the address it uses. */
const gatewayRank = 1;
const snatRank = 2;
const fipRank = 3;

/** Addresses outside of the VPCs, where clients beyond the gateway see them. */
const outside = '';

/**
 * Kube-OVN's NAT (kubeovn.io/v1): gateways and their external addresses, by the gateway's name; and the rules, which say
 * who stands behind such an address: of a floating address one, of a port one, of a source NAT some subnet.
 */
export const natRenderers: Readonly<Record<string, Render>> = {
  'kubeovn.io/vpc-nat-gateways': (object, context) => {
    const tags = { vpc: textOf(object.spec.vpc), subnet: textOf(object.spec.subnet) };
    return gateway(object, context, object.name, tags, addresses(tags.vpc, object.spec.lanIp), gatewayRank);
  },
  'kubeovn.io/vpc-egress-gateways': (object, context) => {
    const { spec, status } = object;
    const vpc = textOf(spec.vpc) || context.defaultVpc;
    const inside = addresses(vpc, ...listOrText(status.internalIPs), ...listOrText(spec.internalIPs));
    const external = addresses(outside, ...listOrText(status.externalIPs), ...listOrText(spec.externalIPs));
    const tags = { vpc, namespace: object.namespace, subnet: textOf(spec.internalSubnet) };
    return gateway(object, context, object.name, tags, distinct([...inside, ...external]), gatewayRank);
  },
  'kubeovn.io/iptables-eips': (object, context) => {
    const name = textOf(object.spec.natGwDp);
    const claims = addresses(outside, textOf(object.spec.v4ip) || object.status.ip, object.spec.v6ip);
    return gateway(object, context, name || object.name, { vpc: vpcOfGateway(name, context) }, claims, gatewayRank);
  },
  'kubeovn.io/ovn-eips': (object, context) => {
    const { spec, status } = object;
    const claims = addresses(outside, textOf(status.v4Ip) || spec.v4Ip, textOf(status.v6Ip) || spec.v6Ip);
    return gateway(object, context, object.name, {}, claims, gatewayRank);
  },

  'kubeovn.io/iptables-fip-rules': (object, context) => {
    const eip = iptablesEip(object, context);
    const target = { vpc: eip.vpc, ip: textOf(object.spec.internalIp) || textOf(object.status.internalIp) };
    return rule(object, context, eip, { addresses: floating(eip.ips, target) }, fipRank);
  },
  'kubeovn.io/iptables-snat-rules': (object, context) => {
    const eip = iptablesEip(object, context);
    const subnet = context.subnetOfCidr(eip.vpc, textOf(object.spec.internalCIDR));
    return rule(object, context, { ...eip, subnet }, { addresses: at(eip.ips) }, snatRank);
  },
  'kubeovn.io/iptables-dnat-rules': (object, context) => {
    const eip = iptablesEip(object, context);
    const { externalPort, internalIp, internalPort, protocol } = object.spec;
    const target = { vpc: eip.vpc, ip: textOf(internalIp), port: portOf(internalPort) };
    return rule(object, context, eip, { ports: forwarded(eip.ips, externalPort, protocol, target) }, fipRank);
  },

  'kubeovn.io/ovn-fips': (object, context) => {
    const eip = ovnEip(object, context);
    const { spec, status } = object;
    const target = { vpc: eip.vpc, ip: textOf(status.v4Ip) || textOf(spec.v4Ip) || eip.internalIp };
    return rule(object, context, eip, { addresses: floating(eip.ips, target) }, fipRank);
  },
  'kubeovn.io/ovn-snat-rules': (object, context) => {
    const eip = ovnEip(object, context);
    const cidr = textOf(object.status.v4IpCidr) || textOf(object.spec.v4IpCidr);
    const subnet = textOf(object.spec.vpcSubnet) || context.subnetOfCidr(eip.vpc, cidr);
    return rule(object, context, { ...eip, subnet }, { addresses: at(eip.ips) }, snatRank);
  },
  'kubeovn.io/ovn-dnat-rules': (object, context) => {
    const eip = ovnEip(object, context);
    const { spec, status } = object;
    const ip = textOf(status.v4Ip) || textOf(spec.v4Ip) || eip.internalIp;
    const target = { vpc: eip.vpc, ip, port: portOf(spec.internalPort) };
    return rule(object, context, eip, { ports: forwarded(eip.ips, spec.externalPort, spec.protocol, target) }, fipRank);
  },
};

/** The external address that a rule uses. */
interface Eip {
  readonly gateway: string;
  readonly vpc: string;
  readonly ips: readonly string[];
  readonly subnet?: string | undefined;
}

/** By the rule's own status, else by the EIP object that it names. */
function iptablesEip({ spec, status }: KubernetesObject, context: RenderContext): Eip {
  const eip = context.named('kubeovn.io/iptables-eips', textOf(spec.eip));
  const gateway = textOf(status.natGwDp) || textOf(eip?.spec.natGwDp);
  const ips = ipsOf(textOf(status.v4ip) || textOf(eip?.spec.v4ip) || eip?.status.ip, status.v6ip);
  return { gateway: gateway || textOf(spec.eip), vpc: vpcOfGateway(gateway, context), ips };
}

/** OVN's own NAT has no gateway object: the address is its name. The inner address may be that of an IP object. */
function ovnEip({ spec, status }: KubernetesObject, context: RenderContext): Eip & { readonly internalIp: string } {
  const name = textOf(spec.ovnEip);
  const eip = context.named('kubeovn.io/ovn-eips', name);
  const inner = textOf(spec.ipType) === 'vip' ? 'kubeovn.io/vips' : 'kubeovn.io/ips';
  const ip = context.named(inner, textOf(spec.ipName));
  const subnet = textOf(spec.vpcSubnet) || textOf(ip?.spec.subnet);
  const vpc = textOf(status.vpc) || textOf(spec.vpc) || (subnet && context.vpcOfSubnet(subnet));
  const external = textOf(status.v4Eip) || textOf(eip?.status.v4Ip) || textOf(eip?.spec.v4Ip);
  return {
    gateway: name,
    vpc: vpc || context.defaultVpc,
    ips: ipsOf(external, status.v6Eip),
    internalIp: textOf(ip?.spec.v4IpAddress) || textOf(ip?.spec.v4ip),
  };
}

function vpcOfGateway(name: string, context: RenderContext): string {
  return textOf(context.named('kubeovn.io/vpc-nat-gateways', name)?.spec.vpc);
}

type Target = NonNullable<AddressClaim['target']>;

function floating(ips: readonly string[], target: Target): AddressClaim[] {
  return target.ip ? at(ips).map((claim) => ({ ...claim, target })) : [];
}

function forwarded(ips: readonly string[], port: unknown, protocol: unknown, target: Target): PortClaim[] {
  const number = portOf(port);
  if (number === 0 || !target.ip) return [];
  const name = (textOf(protocol) || 'tcp').toLowerCase();
  return ips.map((ip) => ({ vpc: outside, ip, port: number, protocol: name, role: 'owns', target }));
}

function at(ips: readonly string[]): AddressClaim[] {
  return ips.map((ip) => ({ vpc: outside, ip }));
}

function rule(
  object: KubernetesObject,
  context: RenderContext,
  { gateway: name, vpc, subnet }: Eip,
  claims: Resource['claims'],
  rank: number,
): Resource {
  return { ...gateway(object, context, name, { vpc, subnet }, [], rank), claims };
}

function gateway(
  object: KubernetesObject,
  context: RenderContext,
  name: string,
  tags: { readonly [N in keyof Tags]?: string | undefined },
  claimed: readonly AddressClaim[],
  rank: number,
): Resource {
  return {
    id: context.idOf(object),
    kind: 'nat_gateway',
    name,
    fromUs: object.createdUs,
    tags: compact({ cluster: context.cluster, ...tags }),
    claims: { addresses: claimed },
    rank,
  };
}

function addresses(vpc: string, ...lists: unknown[]): AddressClaim[] {
  return ipsOf(...lists).map((ip) => ({ vpc, ip }));
}

function ipsOf(...lists: unknown[]): string[] {
  return lists.flatMap((list) => commaList(textOf(list)));
}

function listOrText(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function distinct(claims: readonly AddressClaim[]): AddressClaim[] {
  return [...new Map(claims.map((claim) => [`${claim.vpc}\n${claim.ip}`, claim])).values()];
}

/** Ports of these rules are texts. */
function portOf(value: unknown): number {
  const port = Number((value as Fields | string | number | undefined) ?? 0);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}
