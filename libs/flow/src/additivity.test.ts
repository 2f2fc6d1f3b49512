import { ACK, Packet, PSH, RST, SYN, TCP } from '@flowloom/packet';
import { type RawFlow, rowOf } from '@flowloom/records';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlowTable } from './flow-table.ts';

/** A packet of one of two connections, which wrap around at different places. */
interface Sent {
  connection: number;
  side: number;
  flags: number;
  offset: number;
  len: number;
  after: number;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  connection: fc.nat(1),
  side: fc.nat(1),
  flags: fc.constantFrom(ACK, ACK | PSH, ACK | 1, RST, SYN | ACK),
  offset: fc.nat(5000),
  len: fc.constantFrom(0, 0, 1, 100, 1460),
  after: fc.constantFrom(0, 10, 900, 5_000, 400_000, 1_500_000),
});

const bases = [0, 2 ** 32 - 2500];

function run(packets: readonly Sent[], flushAfter = -1): RawFlow[] {
  const rows: RawFlow[] = [];
  const table = new FlowTable({
    capacity: 64,
    hashSeed: 1,
    sink: (batch) => {
      for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    },
  });
  const site = table.addInterface({ agent: 'a', name: '', source: 'pcap', kind: 'replay' });
  const packet = new Packet();
  Object.assign(packet, { ipVersion: 4, protocol: TCP, window: 100, timeUs: 1_000_000 });
  packets.forEach(({ connection, side, flags, offset, len, after }, i) => {
    packet.timeUs += after;
    packet.addresses.set([0, 0, 0xffff, side === 0 ? 1 : 2, 0, 0, 0xffff, side === 0 ? 2 : 1]);
    packet.srcPort = side === 0 ? 4000 + connection : 80;
    packet.dstPort = side === 0 ? 80 : 4000 + connection;
    packet.tcpFlags = flags;
    packet.seq = (bases[connection] + offset) >>> 0;
    packet.ack = (bases[connection] + 2500) >>> 0;
    packet.payloadBytes = len;
    packet.l3Bytes = len + 40;
    packet.frameBytes = len + 54;
    table.tick(packet.timeUs);
    table.update(packet, site);
    if (i === flushAfter) table.flush();
  });
  table.flush();
  return rows;
}

const additive = ['packets', 'bytes', 'l3_bytes', 'l4_bytes'] as const;

/** Sums over all rows by port of the sender and name of the counter: parts of a flow may differ in who is the client. */
function sums(rows: readonly RawFlow[]): Record<string, number> {
  const out: Record<string, number> = {};
  const add = (key: string, value = 0) => (out[key] = (out[key] ?? 0) + value);
  for (const row of rows) {
    const [client, server] = [`${row.client_port}>${row.server_port}`, `${row.server_port}>${row.client_port}`];
    for (const name of additive) {
      add(`${client} ${name}`, row[`${name}_tx`]);
      add(`${server} ${name}`, row[`${name}_rx`]);
    }
    add('syn', row.syn_count);
    add('synack', row.synack_count);
  }
  return out;
}

const total = (rows: readonly RawFlow[], name: keyof RawFlow) =>
  rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0);

test('two halves of a capture have the same sums as the whole', () => {
  fc.assert(
    fc.property(fc.array(sent, { minLength: 2, maxLength: 60 }), fc.nat(), (packets, cut) => {
      expect(sums(run(packets, cut % packets.length))).toEqual(sums(run(packets)));
    }),
  );
});

test('every packet is in exactly one row, in whatever order packets come', () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 60 }), (packets) => {
      const rows = run(packets);
      expect(total(rows, 'packets_tx') + total(rows, 'packets_rx')).toBe(packets.length);
    }),
  );
});

test('replaying gives the same rows', () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 40 }), (packets) => {
      expect(run(packets)).toEqual(run(packets));
    }),
  );
});

test('every segment that is captured twice is sent again once, and never counted as late', () => {
  const len = 100;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(0xffff_ffff), (count, base) => {
      const doubled = Array.from({ length: count }, (_, i) => i * len).flatMap((at) => [at, at]);
      const rows = runData(doubled, base, len);
      expect([total(rows, 'retrans_tx'), total(rows, 'out_of_order_tx')]).toEqual([count, 0]);
    }),
  );
});

test('segments that change places within the reorder window are all late or in order, none is sent again', () => {
  const len = 100;
  const order = fc.shuffledSubarray(
    Array.from({ length: 12 }, (_, i) => i * len),
    { minLength: 12, maxLength: 12 },
  );
  fc.assert(
    fc.property(order, fc.nat(0xffff_ffff), (starts, base) => {
      const rows = runData(starts, base, len);
      // TShark's rule: what ends where the highest segment ended is sent again; no segment does that here.
      expect(total(rows, 'retrans_tx')).toBe(0);
      const late = starts.filter((at, i) => at < Math.max(...starts.slice(0, i + 1))).length;
      expect(total(rows, 'out_of_order_tx')).toBe(late);
    }),
  );
});

/** One side sends data 10 µs apart. */
function runData(starts: readonly number[], base: number, len: number): RawFlow[] {
  const rows: RawFlow[] = [];
  const table = new FlowTable({
    capacity: 64,
    sink: (batch) => {
      for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    },
  });
  const site = table.addInterface({ agent: 'a', name: '', source: 'pcap', kind: 'replay' });
  const packet = new Packet();
  Object.assign(packet, { ipVersion: 4, protocol: TCP, window: 100, timeUs: 1_000_000, srcPort: 40_000, dstPort: 80 });
  packet.addresses.set([0, 0, 0xffff, 1, 0, 0, 0xffff, 2]);
  Object.assign(packet, { tcpFlags: ACK, payloadBytes: len });
  for (const at of starts) {
    packet.timeUs += 10;
    packet.seq = (base + at) >>> 0;
    table.update(packet, site);
  }
  table.flush();
  return rows;
}
