import type { AddressClaim, PortClaim, Resource } from '../model/resource.ts';
import { nicsOf } from './nics.ts';
import { commaList, fieldsOf, type KubernetesObject, listOf, numberOf, textOf, textsOf } from './objects.ts';
import { compact, type RenderContext } from './render-context.ts';

/** A node: its addresses and the capturer on it. */
export function renderNode(node: KubernetesObject, context: RenderContext): Resource {
  const { name, labels, annotations } = node;
  const join = commaList(annotations['ovn.kubernetes.io/ip_address']).map((ip) => ({
    vpc: annotations['ovn.kubernetes.io/logical_router'] ?? '',
    ip,
  }));
  return {
    id: context.idOf(node),
    kind: 'node',
    name,
    fromUs: node.createdUs,
    tags: compact({
      node: name,
      cluster: context.cluster,
      zone: labels['topology.kubernetes.io/zone'],
      region: labels['topology.kubernetes.io/region'],
    }),
    claims: { addresses: [...shared(addressesOf(node)), ...join], agents: [{ agent: name }] },
  };
}

/** A service: its cluster, external and load balancer addresses, and its port on every node. */
export function renderService(service: KubernetesObject, context: RenderContext): Resource {
  const { name, namespace, spec, status } = service;
  const ingress = listOf(fieldsOf(status.loadBalancer).ingress).map(({ ip }) => textOf(ip));
  const clusterIps = textsOf(spec.clusterIPs).filter((ip) => ip !== 'None');
  const nodePorts = listOf(spec.ports).filter(({ nodePort }) => numberOf(nodePort) > 0);
  const nodeIps = nodePorts.length > 0 ? context.nodes().flatMap(addressesOf) : [];
  return {
    id: context.idOf(service),
    kind: 'service',
    name,
    fromUs: service.createdUs,
    tags: compact({ service: name, namespace, cluster: context.cluster, labels: context.labelsOf(service) }),
    claims: {
      addresses: shared([...new Set([...clusterIps, ...textsOf(spec.externalIPs), ...ingress])].filter(Boolean)),
      ports: nodePorts.flatMap(({ nodePort, protocol }) =>
        nodeIps.map((ip) => serves('', ip, textOf(protocol), numberOf(nodePort))),
      ),
    },
  };
}

/** Who serves a service at which port, in the VPC of the pod that does. */
export function renderEndpointSlice(slice: KubernetesObject, context: RenderContext): Resource {
  const service = slice.labels['kubernetes.io/service-name'] ?? '';
  const ports = listOf(slice.other.ports).filter(({ port }) => numberOf(port) > 0);
  const claims = listOf(slice.other.endpoints).flatMap((endpoint) => {
    if (fieldsOf(endpoint.conditions).serving === false) return [];
    const pod = context.get(textOf(fieldsOf(endpoint.targetRef).uid));
    const nics = pod ? nicsOf(pod, context) : [];
    return textsOf(endpoint.addresses).flatMap((ip) => {
      const vpc = nics.find(({ ips }) => ips.includes(ip))?.vpc ?? '';
      return ports.map(({ port, protocol }) => serves(vpc, ip, textOf(protocol), numberOf(port)));
    });
  });
  return {
    id: context.idOf(slice),
    kind: 'endpoints',
    name: slice.name,
    fromUs: slice.createdUs,
    tags: compact({ service, namespace: slice.namespace }),
    claims: { ports: service ? claims : [] },
  };
}

function addressesOf(node: KubernetesObject): string[] {
  return listOf(node.status.addresses)
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({ address }) => textOf(address));
}

function shared(ips: readonly string[]): AddressClaim[] {
  return ips.map((ip) => ({ vpc: '', ip }));
}

function serves(vpc: string, ip: string, protocol: string, port: number): PortClaim {
  return { vpc, ip, protocol: (protocol || 'TCP').toLowerCase(), port, role: 'serves' };
}
