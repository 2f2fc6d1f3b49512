import { z } from 'zod';
import { parseAddressKey, parseMacKey, parsePrefix } from '../model/address-key.ts';

const name = z.string().min(1).max(253);
const address = z.string().refine((text) => parseAddressKey(text) !== undefined, 'is no IPv4 or IPv6 address');
const cidr = z.string().refine((text) => parsePrefix(text) !== undefined, 'is no CIDR such as 10.1.0.0/16');
const mac = z.string().refine((text) => parseMacKey(text) !== undefined, 'is no MAC address');
const port = z.int().min(1).max(65535);
const protocol = z.enum(['tcp', 'udp', 'sctp']).default('tcp');

/** What every entry may say. */
const common = {
  name: name.describe('Name, as it stands in the tags'),
  zone: name.optional().describe('Availability zone; that of the subnet where absent'),
  region: name.optional().describe('Region; that of the zone, the VPC or the subnet where absent'),
  labels: z.record(z.string(), z.string()).optional().describe('Labels that stand in the tags'),
  from: z.iso.datetime({ offset: true }).optional().describe('Since when it exists; absent: since ever'),
  to: z.iso.datetime({ offset: true }).optional().describe('When it ceased to exist'),
};

/** What has addresses. */
const placed = {
  ...common,
  vpc: z.string().optional().describe('VPC in which its addresses are valid; absent: what all VPCs share'),
  addresses: z.array(address).default([]).describe('IPv4 and IPv6 addresses'),
  macs: z.array(mac).default([]).describe('MAC addresses of its interfaces'),
};

const cluster = name.optional().describe('Kubernetes cluster; that of the file where absent');
const agent = name.optional().describe('Name of the capturer that runs on it; absent: its own name');
const host = name.optional().describe('Host or hypervisor that carries it');

const endpoint = z.strictObject({
  address,
  port,
  protocol,
  vpc: z.string().optional().describe('VPC of the address; absent: that of the entry'),
});

const servicePort = z.strictObject({
  port: port.describe('Port of the service'),
  protocol,
  targetPort: port.optional().describe('Port of the pods; absent: the same'),
  nodePort: port.optional().describe('Port on every node'),
});

const region = z.strictObject({ name, zones: z.array(name).default([]).describe('Its availability zones') });
const vpc = z.strictObject({
  name,
  region: common.region,
  peers: z.array(name).default([]).describe('VPCs whose addresses it reaches'),
});
const subnet = z.strictObject({
  ...common,
  vpc: placed.vpc,
  cidrs: z.array(cidr).min(1).describe('Address ranges'),
  vnis: z.array(z.int().min(1).max(0xff_ffff)).default([]).describe('Network ids of its tunnels (VXLAN, Geneve)'),
});
const node = z.strictObject({ ...placed, agent, host, cluster });
const pod = z.strictObject({
  ...placed,
  cluster,
  namespace: name.optional(),
  workload: name.optional().describe('Top owner: Deployment, StatefulSet ...'),
  workloadKind: name.optional().describe('Kind of that owner'),
  container: name.optional(),
  node: name.optional().describe('Node on which it runs'),
  interfaces: z
    .array(z.strictObject({ agent: name, name }))
    .default([])
    .describe('Its interfaces as capturers name them: the end of its veth pair on the node'),
  hostPorts: z
    .array(z.strictObject({ address, port, protocol }))
    .default([])
    .describe('Ports on which it listens at the address of its node (host network)'),
});
const service = z.strictObject({
  ...placed,
  cluster,
  namespace: name.optional(),
  ports: z.array(servicePort).default([]),
  workload: name.optional().describe('Workload of the same namespace whose pods serve it'),
  endpoints: z.array(endpoint).default([]).describe('Addresses that serve it, besides those pods'),
});
const vm = z.strictObject({ ...placed, agent, host, workload: name.optional() });
const database = z.strictObject({
  ...placed,
  kind: z.enum(['rds', 'redis']).default('rds'),
  engine: name.optional().describe('mysql, postgresql, redis ...'),
});
const loadBalancer = z.strictObject({
  ...placed,
  listeners: z
    .array(z.strictObject({ name: name.optional(), port, protocol, realServers: z.array(endpoint).default([]) }))
    .default([])
    .describe('Ports on which it listens, and who answers behind them'),
});
const natGateway = z.strictObject({ ...placed });
const someHost = z.strictObject({ ...placed, agent });

const list = <T extends z.ZodType>(item: T, doc: string) => z.array(item).default([]).describe(doc);

/** The inventory: what has no API to be asked. Every list may be absent. */
export const inventorySchema = z
  .strictObject({
    cluster: name.optional().describe('Kubernetes cluster of nodes, pods and services that name none'),
    regions: list(region, 'Regions and their zones'),
    vpcs: list(vpc, 'Virtual private clouds'),
    subnets: list(subnet, 'Address ranges inside a VPC'),
    nodes: list(node, 'Kubernetes nodes'),
    pods: list(pod, 'Kubernetes pods, or what plays their part'),
    services: list(service, 'Services: cluster addresses, ports and who serves them'),
    vms: list(vm, 'Virtual machines'),
    databases: list(database, 'Managed databases'),
    loadBalancers: list(loadBalancer, 'Load balancers'),
    natGateways: list(natGateway, 'NAT gateways'),
    hosts: list(someHost, 'Any other machine'),
  })
  .describe('Inventory of a VPC or cluster for the tagger of Flowloom');

export type Inventory = z.infer<typeof inventorySchema>;
export type Placed = z.infer<typeof someHost>;

/** The JSON Schema (draft 2020-12) of the file, for editors and other tools. */
export function inventoryJsonSchema(): object {
  return z.toJSONSchema(inventorySchema, { io: 'input', unrepresentable: 'any' });
}
