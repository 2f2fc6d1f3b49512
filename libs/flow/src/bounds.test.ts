import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Exchange } from './testing/exchange.ts';

/** A SYN from a spoofed address that never comes again. */
function flood(wire: Exchange, packets: number, perSecond: number): void {
  const { packet } = wire;
  wire.clientPort = 9;
  wire.client('S', { after: 0 });
  for (let i = 0; i < packets; i++) {
    packet.addresses[3] = 0x20000000 + i;
    packet.srcPort = i & 0xffff;
    packet.seq = Math.imul(i, 0x9e3779b1) >>> 0;
    if (i % perSecond === 0) wire.timeUs += 1_000_000;
    wire.update();
  }
}

describe('a full table', () => {
  test('a flood of spoofed SYNs pushes out its own half-open flows, and established ones stay', () => {
    const ended = new Set<number>();
    const wire = new Exchange({ capacity: 1000, sink: () => {}, onEnd: (slot) => ended.add(slot) });
    const slots: number[] = [];
    for (let i = 0; i < 100; i++) {
      wire.clientPort = 10_000 + i;
      wire
        .sequences(i * 1000, i * 2000)
        .handshake()
        .client('PA', { len: 10 })
        .server('A');
      slots.push(wire.table.slot);
    }
    flood(wire, 50_000, 5_000);
    expect(wire.table.size).toBe(1000);
    expect(slots.filter((slot) => ended.has(slot))).toEqual([]);
    const { metrics } = wire.table;
    expect(metrics.evicted[1]).toBeGreaterThan(48_000);
    expect(metrics.flowPackets).toBe(100 * 5 + 50_001);
  });

  test('flows that have ended go first, and without another row', () => {
    const wire = new Exchange({ capacity: 16 });
    wire.handshake().client('R').wait(40);
    const rows = wire.rows.length;
    for (let i = 0; i < 16; i++) {
      wire.clientPort = i + 1;
      wire.sequences(i, i).client('S');
    }
    expect(wire.table.metrics.evicted[0]).toBe(1);
    expect(wire.rows.length).toBe(rows);
  });

  test('among established flows the silent one goes', () => {
    const wire = new Exchange({ capacity: 16 });
    const open = (port: number) => {
      wire.clientPort = port;
      wire.sequences(port, port).handshake();
      return wire.table.slot;
    };
    const slots = Array.from({ length: 16 }, (_, i) => open(1000 + i));
    wire.wait(10);
    for (let i = 0; i < 16; i++) {
      if (i === 5) continue;
      wire.clientPort = 1000 + i;
      wire.client('PA', { seq: 1001 + i, len: 1 });
    }
    open(2000);
    expect(wire.table.slot).toBe(slots[5]);
    wire.table.flush();
    expect(wire.sums().find((flow) => flow.client_port === 1005)?.close_type).toBe('unknown');
  });
});

/** What `testing/load.ts` says about a table in a process of its own. */
async function measure(what: 'flows' | 'flood', count: number) {
  const script = fileURLToPath(new URL('testing/load.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, what, String(count)]);
  return JSON.parse(stdout) as Record<
    'size' | 'flowPackets' | 'establishedThatEnded' | 'rssBytes' | 'grownBytes',
    number
  >;
}

test('one million connections at the same time fit into a process of 1 GiB', async () => {
  const { size, flowPackets, rssBytes } = await measure('flows', 1_000_000);
  expect([size, flowPackets]).toEqual([1_000_000, 3_000_000]);
  expect(rssBytes).toBeLessThan(2 ** 30);
}, 120_000);

test('five million spoofed SYNs neither grow the table nor end an established connection', async () => {
  const { size, flowPackets, establishedThatEnded, grownBytes } = await measure('flood', 5_000_000);
  expect([size, flowPackets, establishedThatEnded]).toEqual([65_536, 5_003_000, 0]);
  // The table of 40 MB, which is touched only now, and the heap with rows on their way.
  expect(grownBytes).toBeLessThan(256 * 2 ** 20);
}, 240_000);
