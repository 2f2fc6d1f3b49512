import type { PortClaim, Resource, ResourceKind, Tags } from '../model/resource.ts';
import type { Inventory, Placed } from './schema.ts';

type Entry = Pick<Placed, 'name' | 'zone' | 'region' | 'labels' | 'from' | 'to'> & { vpc?: string };
type Addressed = Entry & Pick<Placed, 'addresses' | 'macs'>;
type Pod = Inventory['pods'][number];
type Service = Inventory['services'][number];

/** The resources that an inventory describes. The ids follow from the names, so that a reload finds them again. */
export function inventoryResources(inventory: Inventory): Resource[] {
  return new InventoryReader(inventory).read();
}

class InventoryReader {
  readonly #inventory: Inventory;
  readonly #regionOfZone = new Map<string, string>();
  readonly #regionOfVpc = new Map<string, string | undefined>();

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    for (const { name, zones } of inventory.regions) for (const zone of zones) this.#regionOfZone.set(zone, name);
    for (const { name, region } of inventory.vpcs) this.#regionOfVpc.set(name, region);
  }

  read(): Resource[] {
    const { vpcs, subnets, nodes, pods, services, vms, databases, loadBalancers, natGateways, hosts } = this.#inventory;
    return [
      ...vpcs.map(({ name, peers, region }) => this.#resource('vpc', { name, region }, { vpc: name }, {}, peers)),
      ...subnets.map((subnet) => this.#subnet(subnet)),
      ...nodes.map(({ agent, host, ...node }) =>
        this.#addressed('node', node, { node: node.name, host, cluster: this.#cluster(node) }, [agent ?? node.name]),
      ),
      ...pods.map((pod) => this.#pod(pod)),
      ...services.map((service) => this.#service(service)),
      ...vms.map(({ agent, host, workload, ...vm }) =>
        this.#addressed('vm', vm, { host, workload }, [agent ?? vm.name]),
      ),
      ...databases.map((database) => this.#addressed(database.kind, database, {})),
      ...loadBalancers.map((lb) => this.#loadBalancer(lb)),
      ...natGateways.map((gateway) => this.#addressed('nat_gateway', gateway, {})),
      ...hosts.map(({ agent, ...host }) => this.#addressed('host', host, { host: host.name }, [agent ?? host.name])),
    ];
  }

  #subnet(subnet: Inventory['subnets'][number]): Resource {
    const { vpc = '', cidrs, vnis } = subnet;
    return this.#resource(
      'subnet',
      subnet,
      { subnet: subnet.name },
      {
        prefixes: cidrs.map((cidr) => ({ vpc, cidr })),
        tunnels: vnis.map((vni) => ({ vpc, vni })),
      },
    );
  }

  #pod(pod: Pod): Resource {
    const { vpc = '', name, namespace, workload, workloadKind, container, node, interfaces, hostPorts } = pod;
    const tags = { pod: name, namespace, workload, workload_kind: workloadKind, container, node };
    const resource = this.#addressed('pod', pod, { ...tags, cluster: this.#cluster(pod) });
    return {
      ...resource,
      claims: {
        ...resource.claims,
        interfaces: interfaces.map(({ agent, name }) => ({ vpc, agent, interface: name })),
        ports: hostPorts.map(({ address, port, protocol }) => ({ vpc, ip: address, port, protocol, role: 'owns' })),
      },
    };
  }

  #service(service: Service): Resource {
    const { name, namespace } = service;
    const tags = { service: name, namespace, cluster: this.#cluster(service) };
    const resource = this.#addressed('service', service, tags);
    return { ...resource, claims: { ...resource.claims, ports: this.#endpointsOf(service) } };
  }

  /** Where the service is served: its endpoints, the pods of its workload, and its port on every node. */
  #endpointsOf({ vpc = '', namespace, workload, ports, endpoints }: Service): PortClaim[] {
    const pods = this.#inventory.pods.filter(
      (pod) => workload !== undefined && pod.workload === workload && pod.namespace === namespace,
    );
    const claims: Omit<PortClaim, 'role'>[] = endpoints.map(({ address, ...endpoint }) => ({
      ...endpoint,
      vpc: endpoint.vpc ?? vpc,
      ip: address,
    }));
    for (const { port, protocol, targetPort, nodePort } of ports) {
      for (const pod of pods) {
        for (const ip of pod.addresses) claims.push({ vpc: pod.vpc ?? '', ip, port: targetPort ?? port, protocol });
      }
      if (nodePort === undefined) continue;
      for (const node of this.#inventory.nodes) {
        for (const ip of node.addresses) claims.push({ vpc: node.vpc ?? '', ip, port: nodePort, protocol });
      }
    }
    return claims.map((claim) => ({ ...claim, role: 'serves' }));
  }

  /** Real servers bear the load balancer's listener as their service. */
  #loadBalancer(lb: Inventory['loadBalancers'][number]): Resource {
    const resource = this.#addressed('lb', lb, {});
    const ports = lb.listeners.flatMap(({ realServers }) =>
      realServers.map(({ address, port, protocol, vpc }): PortClaim => {
        return { vpc: vpc ?? lb.vpc ?? '', ip: address, port, protocol, role: 'serves' };
      }),
    );
    return { ...resource, tags: { ...resource.tags, service: lb.name }, claims: { ...resource.claims, ports } };
  }

  #addressed(kind: ResourceKind, entry: Addressed, tags: Optional, agents: readonly string[] = []): Resource {
    const { vpc = '', addresses, macs } = entry;
    return this.#resource(kind, entry, tags, {
      addresses: addresses.map((ip) => ({ vpc, ip })),
      macs: macs.map((mac) => ({ vpc, mac })),
      // A node sees the traffic of all its pods' VPCs; a VM or host only that of its own.
      agents: agents.map((agent) => ({ agent, vpc: kind === 'node' ? undefined : entry.vpc })),
    });
  }

  #resource(
    kind: ResourceKind,
    entry: Entry,
    tags: Optional,
    claims: Resource['claims'],
    peers?: readonly string[],
  ): Resource {
    const { name, vpc, zone, labels, from, to } = entry;
    const region = entry.region ?? this.#regionOfZone.get(zone ?? '') ?? this.#regionOfVpc.get(vpc ?? name);
    const all = { ...tags, vpc: vpc ?? tags.vpc, zone, region, labels: labels && JSON.stringify(labels) };
    return {
      id: ['inventory', kind, vpc ?? '', tags.namespace ?? '', name, from ?? ''].join('/'),
      kind,
      name,
      fromUs: from === undefined ? undefined : Date.parse(from) * 1000,
      toUs: to === undefined ? undefined : Date.parse(to) * 1000,
      tags: Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as Tags,
      claims,
      peers,
    };
  }

  #cluster({ cluster }: { cluster?: string }): string | undefined {
    return cluster ?? this.#inventory.cluster;
  }
}

type Optional = { readonly [N in keyof Tags]?: string | undefined };
