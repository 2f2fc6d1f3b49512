import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tagFlow } from '../../testing/rows.ts';
import { ResourceIndex } from '../model/resource-index.ts';
import { parseInventory, problemLine } from './parse.ts';
import { inventoryResources } from './resources.ts';
import { inventoryJsonSchema } from './schema.ts';

const guide = new URL('../../../../../docs/guides/inventory.example.yaml', import.meta.url);
const reference = new URL('../../../../../docs/reference/inventory.schema.json', import.meta.url);

function indexOf(text: string): ResourceIndex {
  const parsed = parseInventory(text);
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problemLine('inventory.yaml', problem)).join('\n'));
  const index = new ResourceIndex();
  for (const resource of inventoryResources(parsed.inventory)) index.put(resource);
  return index;
}

const problems = (text: string) => {
  const parsed = parseInventory(text);
  return parsed.ok ? [] : parsed.problems.map((problem) => problemLine('f.yaml', problem));
};

describe('parseInventory', () => {
  it('says line and column of what is wrong', () => {
    expect(problems('pods:\n  - name: a\n    addresses: [10.0.0.300]\n')).toEqual([
      'f.yaml:3:17: pods[0].addresses[0]: is no IPv4 or IPv6 address',
    ]);
    expect(problems('subnets:\n  - name: a\n    cidrs: [10.0.0.0/33]\n')).toEqual([
      'f.yaml:3:13: subnets[0].cidrs[0]: is no CIDR such as 10.1.0.0/16',
    ]);
    expect(problems('pods:\n  - name: a\n    adresses: []\n')[0]).toMatch(/^f\.yaml:2:5: pods\[0\]: .*"adresses"/);
    expect(problems('pods: [\n')[0]).toMatch(/^f\.yaml:2:1: /);
    expect(problems('pods: {}\n')[0]).toMatch(/^f\.yaml:1:7: pods: /);
  });

  it('says which name is not there, and which stands twice', () => {
    expect(problems('vpcs: [{name: red}]\nvms:\n  - {name: a, vpc: rde}\n')).toEqual([
      'f.yaml:3:20: vms[0].vpc: there is no VPC "rde"',
    ]);
    expect(problems('hosts:\n  - {name: a}\n  - {name: a}\n')).toEqual([
      'f.yaml:3:12: hosts[1].name: "a" stands here twice',
    ]);
  });

  it('takes an empty file and JSON', () => {
    expect(problems('')).toEqual([]);
    expect(problems('{"hosts": [{"name": "a"}]}')).toEqual([]);
  });

  it('does not let aliases make a small file endless', () => {
    const bomb = ['a: &a [x, x]'];
    for (let i = 0; i < 20; i++)
      bomb.push(
        `${'b'.repeat(i + 1)}: &${'b'.repeat(i + 1)} [*${i ? 'b'.repeat(i) : 'a'}, *${i ? 'b'.repeat(i) : 'a'}]`,
      );
    expect(problems(bomb.join('\n'))[0]).toMatch(/alias/i);
  });
});

describe('inventoryResources', () => {
  const index = indexOf(readFileSync(guide, 'utf8'));
  const flow = (client_ip: string, server_ip: string, more = {}) => tagFlow(index, { client_ip, server_ip, ...more });

  it('makes pods with workload, node, subnet, zone and region, and services with the pods behind them', () => {
    expect(flow('10.16.0.21', '10.96.0.10', { server_port: 80 })).toMatchObject({
      client_pod: 'cart-6d4f-x2x9p',
      client_workload: 'cart',
      client_node: 'node-1',
      client_subnet: 'pods',
      client_zone: 'eu-1a',
      client_region: 'eu-1',
      client_cluster: 'prod',
      server_service: 'shop',
      server_resource_type: 'service',
      tag_state: 'fresh',
    });
    expect(flow('10.16.0.21', '10.16.0.22', { server_port: 8080 })).toMatchObject({
      server_pod: 'shop-5b8c-7tq4z',
      server_service: 'shop',
    });
  });

  it('keeps two VPCs with one range apart', () => {
    const vni = { tunnel_type: 'geneve', tunnel_id: 5002 };
    expect(flow('192.168.0.10', '192.168.0.20', vni)).toMatchObject({
      client_vpc: 'tenant-b',
      client_resource_name: 'build-b',
      client_resource_type: 'vm',
    });
    expect(flow('192.168.0.10', '192.168.0.10').tag_state).toBe('ambiguous');
  });

  it('names databases, load balancers, their real servers and NAT gateways', () => {
    expect(flow('10.16.0.21', '10.20.0.5', { server_port: 5432 })).toMatchObject({
      server_resource_type: 'rds',
      server_resource_name: 'orders',
    });
    expect(flow('198.18.0.7', '198.51.100.10', { server_port: 443 }).server_resource_type).toBe('lb');
    expect(flow('198.51.100.20', '93.184.216.34').client_resource_type).toBe('nat_gateway');
  });
});

describe('inventoryJsonSchema', () => {
  it('is what the reference says (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(inventoryJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(reference.pathname);
  });
});
