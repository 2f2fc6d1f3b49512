import {
  appendRow,
  Batch,
  type Fields,
  type RawFlow,
  type RecordType,
  type RowOf,
  type TaggedFlow,
  type TaggedRequest,
} from '@flowloom/records';
import { type Resource, ResourceIndex } from '@flowloom/tagger';

const rowsPerBatch = 2000;
const startUs = 1_704_067_200e6;
const minute = 60;

/** Address of the n-th pod: 10.0.0.0/8. */
export function podAddress(n: number): string {
  return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}

/** 200 workloads in 20 namespaces on 50 nodes. */
export function pods(count: number): Resource[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `pod-${n}`,
    kind: 'pod',
    name: `pod-${n}`,
    tags: {
      pod: `pod-${n}`,
      namespace: `namespace-${n % 20}`,
      workload: `workload-${n % 200}`,
      workload_kind: 'Deployment',
      cluster: 'cluster',
      node: `node-${n % 50}`,
      labels: `{"app":"workload-${n % 200}"}`,
    },
    claims: { addresses: [{ vpc: '', ip: podAddress(n) }] },
  }));
}

export function indexOf(resources: readonly Resource[]): ResourceIndex {
  const index = new ResourceIndex();
  for (const resource of resources) index.put(resource);
  return index;
}

/** Rows of 50 records of `flows.raw`: each of a node, whose 100 pods talk to any pods of the cluster. */
export function rawFlowRows(podCount: number): Partial<RawFlow>[] {
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
  return Array.from({ length: 50 * rowsPerBatch }, (_, n) => ({
    flow_id: id(n),
    agent: `node-${Math.floor(n / rowsPerBatch)}`,
    source: 'af_packet',
    observation_point: 'c',
    protocol: 'tcp',
    client_ip: podAddress((Math.floor(n / rowsPerBatch) * 100 + random(100)) % podCount),
    server_ip: podAddress(random(podCount)),
    client_port: 1024 + (n % 60_000),
    server_port: 80,
    packets_tx: 5,
    packets_rx: 4,
    bytes_tx: 900,
    bytes_rx: 12_000,
    rtt_us: 250 + random(100),
    start_us: startUs + n,
    end_us: startUs + n + 900_000,
  }));
}

/** Every second of a minute a row of each of 2,000 flows, as the tagger hands them on. */
export function flowTicks(): Partial<TaggedFlow>[] {
  return Array.from({ length: minute * rowsPerBatch }, (_, n) => {
    const flow = n % rowsPerBatch;
    const second = Math.floor(n / rowsPerBatch);
    return {
      flow_id: id(flow),
      agent: `node-${flow % 10}`,
      source: 'af_packet',
      observation_point: 'c',
      protocol: 'tcp',
      client_ip: podAddress(flow % 200),
      server_ip: podAddress(256 + (flow % 200)),
      client_port: 1024 + flow,
      server_port: 80,
      start_us: startUs + second * 1e6,
      end_us: startUs + second * 1e6 + 900_000,
      packets_tx: 1,
      packets_rx: 2,
      bytes_tx: 100,
      bytes_rx: 3000,
      close_type: 'periodic',
      client_pod: `pod-${flow % 200}`,
      client_workload: `workload-${flow % 20}`,
      server_workload: `service-${flow % 20}`,
    };
  });
}

/**
 * Requests of pairs of pods, each seen at the six points of its way; two in three have a parent, in traces of three. `time`
 * moves all of them, so that they are new each time.
 */
export function requestRows(requests: number, time: number): Partial<TaggedRequest>[] {
  const points = ['c-p', 'c', 'c-nd', 's-nd', 's', 's-p'];
  return Array.from({ length: requests * points.length }, (_, n) => {
    const request = Math.floor(n / points.length);
    const point = n % points.length;
    const sequence = time * requests + request;
    const root = request - (request % 3);
    return {
      request_id: id(sequence * 16 + point),
      flow_id: id(request % 5000),
      parent_request_id: point === 0 && root !== request ? id((time * requests + root) * 16 + 5) : undefined,
      agent: point < 3 ? 'node-1' : 'node-2',
      source: 'ebpf',
      interface: 'eth0',
      observation_point: points[point],
      transport: 'tcp',
      protocol: 'http',
      version: '1.1',
      request_type: 'GET',
      request_domain: 'cart.shop',
      request_resource: `/api/v1/items/${request}`,
      endpoint: '/api/v1/items/{id}',
      response_code: '200',
      response_status: 'ok',
      has_request: true,
      has_response: true,
      request_bytes: 300,
      response_bytes: 1200,
      req_tcp_seq: (sequence * 7) >>> 0,
      resp_tcp_seq: (sequence * 13) >>> 0,
      client_ip: podAddress(request % 200),
      server_ip: podAddress(256 + (request % 100)),
      client_port: 40_000 + (request % 20_000),
      server_port: 8080,
      client_pod: `web-${request % 200}`,
      client_workload: `web-${request % 10}`,
      client_workload_kind: 'Deployment',
      client_namespace: 'shop',
      client_node: 'node-1',
      server_pod: `cart-${request % 100}`,
      server_workload: `cart-${request % 10}`,
      server_workload_kind: 'Deployment',
      server_namespace: 'shop',
      server_node: 'node-2',
      tag_state: 'fresh',
      start_us: startUs + sequence * 20 + point,
      end_us: startUs + sequence * 20 + 2000 - point,
    };
  });
}

/** Time of the last row of `requestRows`, µs. */
export function requestsUntilUs(requests: number, time: number): number {
  return startUs + (time + 1) * requests * 20 + 2000;
}

/** The rows as batches of the record. */
export function batches<F extends Fields>(record: RecordType<F>, rows: readonly Partial<RowOf<F>>[]): Batch<F>[] {
  const list: Batch<F>[] = [];
  for (let from = 0; from < rows.length; from += rowsPerBatch) {
    const batch = new Batch(record, rowsPerBatch);
    for (const row of rows.slice(from, from + rowsPerBatch)) appendRow(batch, row);
    list.push(batch);
  }
  return list;
}

function id(n: number): string {
  return n.toString(16).padStart(16, '0');
}
