import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CaptureReader, Packet, PacketDecoder } from '@flowloom/packet';
import { expect, test } from 'vitest';
import { FlowTable } from './flow-table.ts';

/** Captures with a row per TCP segment as TShark sees it beside them; not part of the repository. */
const folder = new URL('../../../../shared/pcaps/tcp-anomalies/', import.meta.url);
const captures = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(segmentsOf(name))) : [];

function segmentsOf(name: string): URL {
  return new URL(`${name}.pkts.tsv`, folder);
}

/** What headers alone say: no heuristic, so it must be equal. */
interface Counters {
  packets: number;
  syn: number;
  synack: number;
  /** Flows with RST. */
  reset: number;
}

function tshark(name: string): Counters {
  const [header, ...lines] = readFileSync(segmentsOf(name), 'utf8').trim().split('\n');
  const column = (field: string) => header.split('\t').indexOf(field);
  const out = { packets: 0, syn: 0, synack: 0 };
  const reset = new Set<string>();
  for (const line of lines) {
    const values = line.split('\t');
    const stream = values[column('tcp.stream')];
    if (!/^\d+$/.test(stream)) continue; // header quoted by ICMP or sampled by sFlow
    const flags = values[column('tcp.flags.str')];
    out.packets++;
    if (flags[10] === 'S') out[flags[7] === 'A' ? 'synack' : 'syn']++;
    if (flags[9] === 'R') reset.add(stream);
  }
  return { ...out, reset: reset.size };
}

function flowloom(name: string): Counters {
  const out = { packets: 0, syn: 0, synack: 0 };
  const reset = new Set<number>();
  const table = new FlowTable({
    capacity: 4096,
    sink: ({ columns: c, length }) => {
      for (let row = 0; row < length; row++) {
        if (c.protocol.get(row) !== 'tcp') continue;
        out.packets += c.packets_tx.values[row] + c.packets_rx.values[row];
        out.syn += c.syn_count.values[row];
        out.synack += c.synack_count.values[row];
        if (((c.tcp_flags_tx.values[row] | c.tcp_flags_rx.values[row]) & 4) !== 0) reset.add(c.flow_id.values[2 * row]);
      }
    },
  });
  const site = table.addInterface({ agent: name, name: '', source: 'pcap', kind: 'replay' });
  const bytes = readFileSync(new URL(name, folder));
  const reader = new CaptureReader();
  const decoder = new PacketDecoder();
  const packet = new Packet();
  reader.push(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
  while (reader.next()) {
    const f = reader.frame;
    decoder.decode(packet, f.bytes, f.start, f.capturedBytes, f.wireBytes, f.timeUs, f.linkType);
    table.tick(packet.timeUs);
    table.update(packet, site);
  }
  table.flush();
  return { ...out, reset: reset.size };
}

test.skipIf(captures.length === 0)(
  `headers of ${captures.length || 'absent'} captures are counted as TShark counts them`,
  () => {
    for (const name of captures) expect(flowloom(name), name).toEqual(tshark(name));
  },
);
