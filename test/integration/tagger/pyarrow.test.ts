import { spawnSync } from 'node:child_process';
import { appendRow, Batch, rawFlow, rowOf, rowToJson, type TaggedFlow } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import { type Resource, ResourceIndex, Tagger } from '@flowloom/tagger';
import { describe, expect, it } from 'vitest';

const hasPyarrow = spawnSync('python3', ['-c', 'import pyarrow']).status === 0;

/** Reads a stream, checks it in full, and says what it found: nothing of this is Flowloom's code. */
const program = `
import json, sys
import pyarrow as pa
table = pa.ipc.open_stream(sys.stdin.buffer.read()).read_all()
table.validate(full=True)
columns = ['client_pod', 'server_pod', 'server_service', 'server_node', 'server_labels', 'tag_state', 'start_us', 'packets_tx']
rows = table.select(columns).to_pylist()
for row in rows: row['start_us'] = int(row['start_us'].timestamp() * 1e6 + 0.5)
kinds = {name: str(table.schema.field(name).type) for name in ['client_pod', 'client_ip', 'start_us']}
names = len(table.column('client_pod').combine_chunks().dictionary) if table.num_rows else 0
print(json.dumps({'rows': rows, 'kinds': kinds, 'names': names, 'fields': table.num_columns}))
`;

describe.skipIf(!hasPyarrow)(`tagged rows, read by pyarrow${hasPyarrow ? '' : ' [skipped: no pyarrow]'}`, () => {
  it('are what was written, each name once', () => {
    const index = new ResourceIndex();
    for (let n = 0; n < 50; n++) {
      const pod: Resource = {
        id: `pod-${n}`,
        kind: 'pod',
        name: `pod-${n}`,
        tags: { pod: `pod-${n}`, node: 'knoten-ä', labels: '{"app":"shop"}' },
        claims: { addresses: [{ vpc: '', ip: `10.0.0.${n}` }] },
      };
      index.put(pod);
    }
    const raw = new Batch(rawFlow);
    for (let n = 0; n < 3000; n++) {
      const start_us = 1_704_067_200_000_000 + n;
      const ips = { client_ip: `10.0.0.${n % 50}`, server_ip: `10.0.0.${(7 * n) % 60}` };
      appendRow(raw, { ...ips, agent: 'node-1', protocol: 'tcp', start_us, end_us: start_us, packets_tx: n });
    }
    const tagged = new Tagger(index).tagFlows(raw);
    const { stdout, stderr } = spawnSync('python3', ['-c', program], {
      input: encodeArrow(tagged),
      maxBuffer: 1 << 26,
    });
    expect(String(stderr)).toBe('');
    const read = JSON.parse(String(stdout)) as Read;
    expect(read.kinds).toEqual({
      client_pod: 'dictionary<values=string, indices=uint32, ordered=0>',
      client_ip: 'fixed_size_binary[16]',
      start_us: 'timestamp[us, tz=UTC]',
    });
    expect([read.rows.length, read.names, read.fields]).toEqual([3000, 51, Object.keys(tagged.columns).length]);
    const text = (value: unknown) => (value === undefined ? '' : value);
    for (const n of [0, 1, 49, 50, 1234, 2999]) {
      const row: TaggedFlow = rowOf(tagged, n);
      const labels = row.server_labels ? JSON.stringify(row.server_labels) : '';
      expect(read.rows[n], rowToJson(tagged, n)).toEqual({
        client_pod: text(row.client_pod),
        server_pod: text(row.server_pod),
        server_service: '',
        server_node: text(row.server_node),
        server_labels: labels,
        tag_state: row.tag_state,
        start_us: row.start_us,
        packets_tx: n,
      });
    }
  });
});

interface Read {
  readonly rows: readonly Record<string, unknown>[];
  readonly kinds: Record<string, string>;
  readonly names: number;
  readonly fields: number;
}
