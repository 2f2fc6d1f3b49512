import { appendRow, Batch, type RawRequest, rawRequest, rowOf } from '@flowloom/records';
import { describe, expect, it } from 'vitest';
import { indexOf, pod } from '../../testing/resources.ts';
import { second } from '../../testing/rows.ts';
import type { Resource } from '../model/resource.ts';
import { Tagger } from '../tagger.ts';

const ids = { red: 'a'.repeat(64), blue: 'b'.repeat(64), host: 'c'.repeat(64) };
const inContainer = (resource: Resource, id: string): Resource => ({
  ...resource,
  claims: { ...resource.claims, containers: [{ id, name: 'app' }] },
});
const red = inContainer(pod('red-1', '10.0.0.1', { vpc: 'red' }), ids.red);
const blue = inContainer(pod('blue-1', '10.0.0.1', { vpc: 'blue' }), ids.blue);
const servers = [pod('red-2', '10.0.0.2', { vpc: 'red' }), pod('blue-2', '10.0.0.2', { vpc: 'blue' })];
const node: Resource = {
  id: 'node',
  kind: 'node',
  name: 'node-1',
  tags: { node: 'node-1', zone: 'z1' },
  claims: { addresses: [{ vpc: '', ip: '192.0.2.1' }], agents: [{ agent: 'node-1' }] },
};
const hostPod: Resource = {
  id: 'host-pod',
  kind: 'pod',
  name: 'exporter',
  tags: { pod: 'exporter', namespace: 'monitoring', node: 'node-1' },
  claims: { containers: [{ id: ids.host, name: 'metrics' }] },
};
const tagger = new Tagger(indexOf(red, blue, ...servers, node, hostPod));

function request(row: Partial<RawRequest>) {
  const batch = new Batch(rawRequest);
  const common = { agent: 'node-1', source: 'ebpf', transport: 'tcp', start_us: 100 * second } as const;
  appendRow(batch, { ...common, client_ip: '10.0.0.1', server_ip: '10.0.0.2', ...row });
  return rowOf(tagger.tagRequests(batch), 0);
}

describe('a process in a known container', () => {
  it('is of its pod, in whose VPC the other side is looked up, though two VPCs share the addresses', () => {
    const row = request({ observation_point: 'c-p', container_id: ids.blue });
    const client = { client_pod: 'blue-1', client_container: 'app', client_vpc: 'blue' };
    expect(row).toMatchObject({ ...client, server_pod: 'blue-2', tag_state: 'fresh' });
    expect(row.server_container).toBeUndefined();
    const other = request({ observation_point: 'c-p', container_id: ids.red });
    expect(other).toMatchObject({ client_pod: 'red-1', server_pod: 'red-2', tag_state: 'fresh' });
  });

  it('is believed above the address: a pod of the host network is not its node', () => {
    const onHost = { observation_point: 's-p', server_ip: '192.0.2.1', server_port: 9100, container_id: ids.host };
    expect(request(onHost)).toMatchObject({
      server_pod: 'exporter',
      server_container: 'metrics',
      server_namespace: 'monitoring',
      server_node: 'node-1',
      server_zone: 'z1',
      server_resource_type: 'pod',
    });
    const asks = { observation_point: 'c-p', client_ip: '192.0.2.1', server_ip: '8.8.8.8', container_id: ids.host };
    expect(request(asks)).toMatchObject({
      client_pod: 'exporter',
      server_resource_type: 'internet',
      tag_state: 'fresh',
    });
  });

  it('is in one network namespace with both ends of its loopback', () => {
    const row = request({
      observation_point: 'c-p',
      client_ip: '127.0.0.1',
      server_ip: '127.0.0.1',
      container_id: ids.red,
    });
    expect(row).toMatchObject({ client_pod: 'red-1', client_container: 'app', server_pod: 'red-1' });
    expect(row.server_container).toBeUndefined();
  });

  it('says nothing of a row that is not of a process, or of a container that nobody knows', () => {
    expect(request({ observation_point: 'c' })).toMatchObject({ tag_state: 'ambiguous' });
    const unknown = request({ observation_point: 'c-p', container_id: 'd'.repeat(64) });
    expect(unknown).toMatchObject({ tag_state: 'ambiguous' });
  });

  it('is known from the moment in which the API tells it', () => {
    const index = indexOf(pod('a-1', '10.0.0.1'), pod('b-1', '10.0.0.2'));
    const late = new Tagger(index);
    const containerOf = (container_id = ids.red) => {
      const batch = new Batch(rawRequest);
      const ends = { client_ip: '10.0.0.1', server_ip: '10.0.0.2', start_us: 100 * second };
      appendRow(batch, { observation_point: 'c-p', container_id, ...ends });
      return rowOf(late.tagRequests(batch), 0).client_container;
    };
    expect(containerOf()).toBeUndefined();
    index.put(inContainer(pod('a-1', '10.0.0.1'), ids.red));
    expect(containerOf()).toBe('app');
    // One of the host network has no address that could change.
    expect(containerOf(ids.host)).toBeUndefined();
    index.put(hostPod);
    expect(containerOf(ids.host)).toBe('metrics');
  });
});
