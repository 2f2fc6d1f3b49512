import { expect, test } from 'vitest';
import { Evidence, type Guess, guessDirection, ServerPorts } from './direction.ts';
import { Exchange } from './testing/exchange.ts';

function guess(
  sourcePort: number,
  destinationPort: number,
  seen: [number, number] = [0, 0],
  ports: number[] = [],
): Guess {
  const result: Guess = { sourceIsClient: true, evidence: Evidence.firstPacket };
  guessDirection(result, new ServerPorts(ports), sourcePort, destinationPort, ...seen);
  return result;
}

test('without a hint who speaks first is the client', () => {
  expect(guess(50_000, 50_001)).toEqual({ sourceIsClient: true, evidence: Evidence.firstPacket });
  expect(guess(5353, 5353)).toEqual({ sourceIsClient: true, evidence: Evidence.firstPacket });
});

test('the only port below 32768 is the server', () => {
  expect(guess(8080, 50_001)).toEqual({ sourceIsClient: false, evidence: Evidence.lowPort });
});

test('a system port is the server; of the two of DHCP the lower one (RFC 2131 4.1)', () => {
  expect(guess(443, 20_000)).toEqual({ sourceIsClient: false, evidence: Evidence.systemPort });
  expect(guess(67, 68)).toEqual({ sourceIsClient: false, evidence: Evidence.systemPort });
});

test('an end that is seen in clearly more flows is the server', () => {
  expect(guess(40_000, 20_000, [9, 1])).toEqual({ sourceIsClient: false, evidence: Evidence.statistics });
  expect(guess(40_000, 20_000, [3, 1]).evidence).toBe(Evidence.lowPort);
});

test('a configured port is the server, unless both are', () => {
  expect(guess(50_000, 80, [0, 0], [50_000])).toEqual({ sourceIsClient: false, evidence: Evidence.configured });
  expect(guess(50_000, 80, [0, 0], [50_000, 80]).evidence).toBe(Evidence.systemPort);
});

test('a SYN-ACK names the client where the SYN was not captured', () => {
  const wire = new Exchange();
  wire.server('SA').client('A').server('PA', { len: 9 });
  const flow = wire.finish();
  expect([flow.client_ip, flow.packets_tx, flow.packets_rx]).toEqual(['10.0.0.1', 1, 2]);
});

test('a server that has been seen accepting is known in flows whose beginning was not captured', () => {
  const wire = new Exchange();
  wire.serverPort = 45_000;
  wire.handshake();
  wire.clientPort = 20_000;
  wire.sequences(77, 99).server('PA', { len: 10 });
  wire.table.flush();
  expect(wire.sums().map((flow) => [flow.client_port, flow.server_port])).toContainEqual([20_000, 45_000]);
});

test('the application protocol overrules a guess, and rows that were already written are said to be reversed', () => {
  const wire = new Exchange();
  wire.clientPort = 80; // looks like a server, and is none
  wire.serverPort = 40_001;
  wire.client('PA', { len: 10 }).wait(1);
  expect(wire.table.clientIs(wire.table.slot, wire.table.side)).toBe(true);
  wire.client('PA', { len: 20 }).wait(1).client('PA', { len: 30 });
  wire.table.flush();
  expect(wire.rows.map((r) => [r.client_port, r.l4_bytes_tx, r.l4_bytes_rx, r.is_reversed ?? false])).toEqual([
    [40_001, 0, 10, false],
    [80, 20, 0, true],
    [80, 30, 0, false],
  ]);
  expect(wire.table.metrics.reversed).toBe(1);
});

test('what is seen of other flows overrules a guess later, and the row that comes next is said to be reversed', () => {
  const wire = new Exchange();
  wire.clientPort = 33_000;
  wire.serverPort = 20_000; // the only port below 32768, and the client's
  wire.server('PA', { len: 1 }).wait(1);
  for (let i = 0; i < 5; i++) {
    wire.serverPort = 40_000 + i;
    wire.sequences(i, i).server('PA', { len: 1 });
  }
  wire.serverPort = 20_000;
  wire.server('PA', { len: 2, seq: 5001 }).wait(1).server('PA', { len: 3, seq: 5003 });
  wire.table.flush();
  const rows = wire.rows.filter((row) => row.client_port === 20_000 || row.server_port === 20_000);
  expect(rows.map((r) => [r.client_port, r.l4_bytes_tx, r.l4_bytes_rx, r.is_reversed ?? false])).toEqual([
    [33_000, 0, 1, false],
    [20_000, 2, 0, true],
    [20_000, 3, 0, false],
  ]);
});

test('nothing overrules a handshake', () => {
  const wire = new Exchange();
  wire.handshake();
  expect(wire.table.clientIs(wire.table.slot, 1)).toBe(false);
  expect(wire.finish().client_ip).toBe('10.0.0.1');
});
