import { appendRow, Batch, rawRequest, rowOf } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { indexOf, pod, subnet } from '../testing/resources.ts';
import { flowBatch, second, tagFlow } from '../testing/rows.ts';
import type { Resource } from './model/resource.ts';
import { everSince, Knowledge } from './sync/knowledge.ts';
import { Tagger } from './tagger.ts';

describe('Tagger', () => {
  it('names both sides of a flow and keeps its own columns', () => {
    const index = indexOf(pod('cart-1', '10.0.0.1'), pod('shop-1', '10.0.0.2'), subnet('blue', '10.0.0.0/24'));
    const row = tagFlow(index, { packets_tx: 3, client_ip: '10.0.0.1', server_ip: '10.0.0.2' });
    expect(row).toMatchObject({
      packets_tx: 3,
      flow_id: '00000000000000aa',
      tag_state: 'fresh',
      client_pod: 'cart-1',
      client_workload: 'cart',
      client_subnet: 'blue',
      client_zone: 'z1',
      client_resource_type: 'pod',
      client_resource_name: 'cart-1',
      server_pod: 'shop-1',
    });
  });

  it('gives a re-used address to whoever held it at the time of the row', () => {
    const first = pod('old-1', '10.0.0.1', { fromUs: 10 * second, toUs: 100 * second + 300_000 });
    const next = pod('new-1', '10.0.0.1', { fromUs: 100 * second + 700_000 });
    const index = indexOf(first, next);
    const podAt = (start_us: number) => tagFlow(index, { start_us }).client_pod;
    expect(podAt(100 * second)).toBe('old-1');
    expect(podAt(100 * second + 299_999)).toBe('old-1');
    expect(podAt(100 * second + 300_000)).toBeUndefined();
    expect(podAt(100 * second + 700_000)).toBe('new-1');
    expect(podAt(9 * second)).toBeUndefined();
  });

  it('gives each row of one batch the owner of its own time', () => {
    const index = indexOf(
      pod('old-1', '10.0.0.1', { toUs: 100 * second }),
      pod('new-1', '10.0.0.1', { fromUs: 100 * second }),
    );
    const times = [99, 100, 98, 101].map((s) => ({ start_us: s * second }));
    const tagged = new Tagger(index).tagFlows(flowBatch(...times));
    expect(times.map((_, row) => rowOf(tagged, row).client_pod)).toEqual(['old-1', 'new-1', 'old-1', 'new-1']);
  });

  it('marks an address ambiguous while two owners claim it, and says only what they share', () => {
    const index = indexOf(
      pod('old-1', '10.0.0.1', { toUs: 101 * second }),
      pod('new-1', '10.0.0.1', { fromUs: 100 * second }),
    );
    const row = tagFlow(index, { start_us: 100 * second + 1 });
    expect(row.tag_state).toBe('ambiguous');
    expect(row.client_pod).toBeUndefined();
    expect(row.client_namespace).toBe('shop');
  });

  describe('with one range in two VPCs', () => {
    const red = pod('red-1', '10.0.0.1', { vpc: 'red', mac: '02:00:00:00:00:01' });
    const blue = pod('blue-1', '10.0.0.1', { vpc: 'blue', mac: '02:00:00:00:00:02' });
    const redServer = pod('red-2', '10.0.0.2', { vpc: 'red' });
    const tunnels: Resource = {
      ...subnet('blue-net', '10.0.0.0/24', 'blue'),
      claims: { prefixes: [{ vpc: 'blue', cidr: '10.0.0.0/24' }], tunnels: [{ vpc: 'blue', vni: 7 }] },
    };
    const index = indexOf(red, blue, redServer, tunnels);

    it('never guesses from the bare address', () => {
      expect(tagFlow(index, { server_ip: '8.8.8.8' })).toMatchObject({ tag_state: 'ambiguous' });
    });
    it('takes the VPC from a MAC address', () => {
      expect(tagFlow(index, { client_mac: '02:00:00:00:00:02' }).client_pod).toBe('blue-1');
    });
    it('takes the VPC from the network id of a tunnel', () => {
      expect(tagFlow(index, { tunnel_type: 'geneve', tunnel_id: 7 }).client_pod).toBe('blue-1');
    });
    it('does not read the key of a GRE tunnel as a network id', () => {
      expect(tagFlow(index, { tunnel_type: 'gre', tunnel_id: 7, server_ip: '8.8.8.8' }).tag_state).toBe('ambiguous');
    });
    it('takes the VPC from the other side where that is unique', () => {
      const unique = indexOf(red, blue, redServer);
      expect(tagFlow(unique, {})).toMatchObject({ client_pod: 'red-1', server_pod: 'red-2', tag_state: 'fresh' });
    });
    it('names an address without owner by its subnet in the VPC of the row', () => {
      const row = tagFlow(index, { tunnel_type: 'geneve', tunnel_id: 7 });
      expect(row).toMatchObject({ server_subnet: 'blue-net', server_resource_type: 'subnet' });
    });
  });

  it('says internet of a public address and unknown of a private one', () => {
    const row = tagFlow(indexOf(), { client_ip: '10.9.9.9', server_ip: '93.184.216.34' });
    expect(row).toMatchObject({ server_resource_type: 'internet', tag_state: 'unknown' });
    expect(row.client_resource_type).toBeUndefined();
  });

  it('gives loopback to the node of the capturer', () => {
    const node: Resource = {
      id: 'n',
      kind: 'node',
      name: 'node-1',
      tags: { node: 'node-1' },
      claims: { agents: [{ agent: 'node-1' }] },
    };
    expect(tagFlow(indexOf(node), { client_ip: '127.0.0.1' }).client_node).toBe('node-1');
    expect(tagFlow(indexOf(node), { client_ip: '127.0.0.1', agent: 'node-2' }).client_node).toBeUndefined();
  });

  it('names the service of a pod by its endpoint port, and a port that a pod owns on its node', () => {
    const ports = (role: 'serves' | 'owns', ip: string, port: number) => ({
      ports: [{ vpc: '', ip, protocol: 'tcp', port, role }],
    });
    const node: Resource = {
      id: 'n',
      kind: 'node',
      name: 'node-9',
      tags: {},
      claims: { addresses: [{ vpc: '', ip: '10.0.0.9' }] },
    };
    const endpoints: Resource = {
      id: 'e',
      kind: 'endpoints',
      name: 'shop-x',
      tags: { service: 'shop' },
      claims: ports('serves', '10.0.0.2', 80),
    };
    const hostPod: Resource = {
      id: 'h',
      kind: 'pod',
      name: 'proxy',
      tags: { pod: 'proxy' },
      claims: ports('owns', '10.0.0.9', 443),
    };
    const index = indexOf(pod('shop-1', '10.0.0.2'), endpoints, node, hostPod);
    expect(tagFlow(index, {})).toMatchObject({ server_pod: 'shop-1', server_service: 'shop' });
    expect(tagFlow(index, { server_port: 81 }).server_service).toBeUndefined();
    expect(tagFlow(index, { protocol: 'udp' }).server_service).toBeUndefined();
    const onNode = { server_ip: '10.0.0.9' };
    expect(tagFlow(index, { ...onNode, server_port: 443 })).toMatchObject({ server_pod: 'proxy' });
    expect(tagFlow(index, { ...onNode, server_port: 80 })).toMatchObject({ server_resource_name: 'node-9' });
  });

  it('says stale of rows of times in which nobody watched, and not of others', () => {
    const knowledge = new Knowledge([
      [
        [90 * second, 95 * second],
        [97 * second, 101 * second],
      ],
    ]);
    const tagger = new Tagger(indexOf(pod('a-1', '10.0.0.1'), pod('b-1', '10.0.0.2')), knowledge);
    const rows = [100, 101, 102, 96, 94].map((s) => ({ start_us: s * second }));
    const tagged = tagger.tagFlows(flowBatch(...rows));
    expect(rows.map((_, row) => rowOf(tagged, row).tag_state)).toEqual(['fresh', 'stale', 'stale', 'stale', 'fresh']);
    knowledge.set([everSince]);
    expect(rowOf(tagger.tagFlows(flowBatch(...rows)), 2).tag_state).toBe('fresh');
  });

  describe('with a clock that may be 5 s off', () => {
    const old = pod('old-1', '10.0.0.1', { toUs: 100 * second });
    const next = pod('new-1', '10.0.0.1', { fromUs: 100 * second });
    const other = { server_ip: '93.184.216.34' };
    const tagger = new Tagger(indexOf(old, next));
    for (const agent of ['node-1', 'node-2', 'node-3']) {
      tagger.clocks.observe(agent, (agent === 'node-1' ? 205 : 200) * second, 200.2 * second);
    }
    const clientAt = (agent: string, seconds: number) => {
      const row = rowOf(tagger.tagFlows(flowBatch({ agent, start_us: seconds * second, ...other })), 0);
      return [row.client_pod, row.tag_state];
    };
    it('says of rows near a change of owners only what is true at either time', () => {
      expect(clientAt('node-1', 102)).toEqual([undefined, 'ambiguous']);
      expect(clientAt('node-1', 107)).toEqual(['new-1', 'fresh']);
      expect(clientAt('node-1', 99)).toEqual(['old-1', 'fresh']);
    });
    it('believes the clocks of the others', () => {
      expect(clientAt('node-2', 102)).toEqual(['new-1', 'fresh']);
    });
  });

  it('sees at once what changes between two batches', () => {
    const index = indexOf(pod('a-1', '10.0.0.1'));
    const tagger = new Tagger(index);
    expect(rowOf(tagger.tagFlows(flowBatch({})), 0).client_pod).toBe('a-1');
    index.put({ ...pod('a-1', '10.0.0.1'), toUs: 50 * second });
    index.put(pod('b-1', '10.0.0.1', { fromUs: 50 * second }));
    expect(rowOf(tagger.tagFlows(flowBatch({})), 0).client_pod).toBe('b-1');
  });

  it('gives the process of a request to the side at whose process it was seen', () => {
    const batch = new Batch(rawRequest);
    for (const observation_point of ['c-p', 's-p', 'c']) appendRow(batch, { observation_point, process: 'nginx' });
    const tagged = new Tagger(indexOf()).tagRequests(batch);
    expect([0, 1, 2].map((row) => rowOf(tagged, row).client_process)).toEqual(['nginx', undefined, undefined]);
    expect([0, 1, 2].map((row) => rowOf(tagged, row).server_process)).toEqual([undefined, 'nginx', undefined]);
  });
});
