import { appendRow, Batch, type RawFlow, rawFlow, rowOf } from '@flowloom/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { second } from '../../testing/rows.ts';
import type { Resource } from '../model/resource.ts';
import { ResourceIndex } from '../model/resource-index.ts';
import { Tagger } from '../tagger.ts';

const ips = ['10.0.0.1', '10.0.0.2', '10.0.1.1', 'fd00::1', '127.0.0.1', '8.8.8.8'];
const macs = ['02:00:00:00:00:01', '02:00:00:00:00:02', ''];
const ip = fc.constantFrom(...ips);
const mac = fc.constantFrom(...macs);
const vpc = fc.constantFrom('', 'red', 'blue');
const name = fc.constantFrom('a', 'b', 'c', 'd');
const moment = fc.integer({ min: 0, max: 6 }).map((s) => s * second);
const interval = fc.record({ fromUs: moment, toUs: moment }, { requiredKeys: [] });
const port = fc.constantFrom(80, 443);

const pod = fc.record({ name, vpc, ip, mac, interval, port, role: fc.constantFrom('owns', 'serves', undefined) }).map(
  ({ name, vpc, ip, mac, interval, port, role }): Resource => ({
    id: `pod/${name}`,
    kind: 'pod',
    name,
    tags: { pod: name, vpc, node: 'n1', subnet: 'net' },
    ...interval,
    claims: {
      addresses: [{ vpc, ip }],
      macs: mac ? [{ vpc, mac }] : [],
      ports: role ? [{ vpc, ip, port, protocol: 'tcp', role: role as 'owns' }] : [],
    },
  }),
);
const subnet = fc.record({ vpc, name, peers: fc.array(vpc, { maxLength: 1 }) }).map(
  ({ vpc, name, peers }): Resource => ({
    id: `subnet/${name}`,
    kind: 'subnet',
    name: 'net',
    tags: { subnet: 'net', vpc, zone: name },
    claims: {
      prefixes: [{ vpc, cidr: '10.0.0.0/24' }],
      tunnels: [{ vpc, vni: 7 }],
      agents: [{ agent: 'n1', vpc: peers[0] }],
    },
  }),
);
const step = fc.oneof(
  pod.map((resource) => ({ put: resource })),
  subnet.map((resource) => ({ put: resource })),
  name.map((name) => ({ forget: `pod/${name}` })),
);
const row = fc
  .record({
    client_ip: ip,
    server_ip: ip,
    client_mac: mac,
    server_mac: mac,
    server_port: port,
    start_us: moment,
    agent: fc.constantFrom('n1', 'n2'),
    tunnel: fc.boolean(),
  })
  .map(
    ({ tunnel, ...row }): Partial<RawFlow> => ({
      ...row,
      protocol: 'tcp',
      ...(tunnel ? { tunnel_type: 'geneve', tunnel_id: 7 } : {}),
    }),
  );

function batchOf(rows: readonly Partial<RawFlow>[]): Batch<typeof rawFlow.fields> {
  const batch = new Batch(rawFlow, rows.length);
  for (const each of rows) appendRow(batch, each);
  return batch;
}

describe('SideFinder', () => {
  it('remembers nothing that is no longer true, whatever changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ steps: fc.array(step, { maxLength: 3 }), rows: fc.array(row, { maxLength: 5 }) }), {
          maxLength: 12,
        }),
        (rounds) => {
          const index = new ResourceIndex();
          const remembering = new Tagger(index);
          for (const { steps, rows } of rounds) {
            for (const each of steps) {
              if ('put' in each) index.put(each.put);
              else index.forget(each.forget);
            }
            const batch = batchOf(rows);
            const tagged = remembering.tagFlows(batch);
            const anew = new Tagger(index).tagFlows(batch);
            for (let i = 0; i < rows.length; i++) expect(rowOf(tagged, i)).toEqual(rowOf(anew, i));
          }
        },
      ),
      { numRuns: 150 },
    );
  }, 30_000);

  it('stays right when its tables grow', () => {
    const index = new ResourceIndex();
    const address = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
    for (let n = 0; n < 5000; n++) {
      const claims = { addresses: [{ vpc: '', ip: address(n) }] };
      index.put({ id: `${n}`, kind: 'pod', name: `p-${n}`, tags: { pod: `p-${n}` }, claims });
    }
    const rows = Array.from({ length: 5000 }, (_, n) => ({ client_ip: address(n), server_ip: address(4999 - n) }));
    const tagger = new Tagger(index);
    for (let round = 0; round < 2; round++) {
      const tagged = tagger.tagFlows(batchOf(rows));
      for (const n of [0, 1, 63, 64, 1023, 1024, 4999]) {
        expect(rowOf(tagged, n)).toMatchObject({ client_pod: `p-${n}`, server_pod: `p-${4999 - n}` });
      }
    }
  });
});
