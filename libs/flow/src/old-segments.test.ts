import { expect, test } from 'vitest';
import { Exchange, type FlowSum } from './testing/exchange.ts';

const counts = (flow: FlowSum) => ({
  retrans: [flow.retrans_tx ?? 0, flow.retrans_rx ?? 0],
  outOfOrder: [flow.out_of_order_tx ?? 0, flow.out_of_order_rx ?? 0],
});
const nothing = { retrans: [0, 0], outOfOrder: [0, 0] };

test('data in order is neither sent again nor late', () => {
  const wire = new Exchange().handshake();
  for (let i = 0; i < 5; i++) wire.client('PA', { len: 100 }).server('A').server('PA', { len: 300 }).client('A');
  expect(counts(wire.finish())).toEqual(nothing);
});

test('the same data again is a retransmission, also across the wrap of sequence numbers', () => {
  for (const first of [1000, 2 ** 32 - 50]) {
    const wire = new Exchange().sequences(first, 5000).handshake();
    wire.client('PA', { len: 100 }).client('PA', { seq: (first + 1) >>> 0, len: 100, after: 300_000 });
    expect(counts(wire.finish())).toEqual({ retrans: [1, 0], outOfOrder: [0, 0] });
  }
});

test('a segment that fills a gap within a round trip was late', () => {
  const wire = new Exchange().handshake(1000);
  wire.server('A', { seq: 5101, len: 100 }).server('A', { seq: 5001, len: 100, after: 500 });
  expect(counts(wire.finish())).toEqual({ retrans: [0, 0], outOfOrder: [0, 1] });
});

test('a segment that fills a gap later than a round trip was lost and sent again', () => {
  const wire = new Exchange().handshake(1000);
  wire.server('A', { seq: 5101, len: 100 }).server('A', { seq: 5001, len: 100, after: 50_000 });
  expect(counts(wire.finish())).toEqual({ retrans: [0, 1], outOfOrder: [0, 0] });
});

test('a segment that fills a gap after duplicate acknowledgements was sent again (RFC 5681 3.2)', () => {
  const wire = new Exchange().handshake(40_000);
  wire.server('A', { seq: 5101, len: 100 });
  for (let i = 0; i < 3; i++) wire.client('A', { ack: 5001, after: 100 });
  wire.server('A', { seq: 5001, len: 100, after: 100 });
  expect(counts(wire.finish())).toEqual({ retrans: [0, 1], outOfOrder: [0, 0] });
});

test('a second copy of a late segment was sent again', () => {
  const wire = new Exchange().handshake(40_000);
  wire.server('A', { seq: 5201, len: 100 });
  for (let i = 0; i < 2; i++) wire.server('A', { seq: 5101, len: 100, after: 100 });
  expect(counts(wire.finish())).toEqual({ retrans: [0, 1], outOfOrder: [0, 1] });
});

test('data that the receiver has acknowledged was sent again for nothing', () => {
  const wire = new Exchange().handshake();
  wire.client('PA', { len: 100 }).server('A').client('PA', { seq: 1001, len: 100, after: 100 });
  expect(counts(wire.finish())).toEqual({ retrans: [1, 0], outOfOrder: [0, 0] });
});

test('a keep-alive of no or one byte is no retransmission (RFC 9293 3.8.4)', () => {
  const wire = new Exchange().handshake().client('PA', { len: 100 }).server('A');
  wire.client('A', { seq: 1100, after: 1_000_000 }).server('A');
  wire.client('A', { seq: 1100, len: 1, after: 1_000_000 }).server('A');
  expect(counts(wire.finish())).toEqual(nothing);
});

test('probes of a closed window, and the data after them, are no retransmissions (RFC 9293 3.8.6.1)', () => {
  const wire = new Exchange().handshake().client('PA', { len: 100 }).server('A', { window: 0 });
  for (let i = 0; i < 3; i++) {
    wire.client('A', { seq: 1101, len: 1, after: 200_000 }).server('A', { window: 0, ack: 1101 });
  }
  wire.server('A', { ack: 1101 }).client('PA', { seq: 1101, len: 50 });
  const flow = wire.finish();
  expect(counts(flow)).toEqual(nothing);
  expect([flow.zero_window_tx ?? 0, flow.zero_window_rx]).toEqual([0, 4]);
});

test('a probe byte that the receiver took is followed by the rest', () => {
  const wire = new Exchange().handshake().client('PA', { len: 100 }).server('A', { window: 0 });
  wire.client('A', { seq: 1101, len: 1 }).server('A', { ack: 1102 });
  wire.client('PA', { seq: 1102, len: 49 });
  expect(counts(wire.finish())).toEqual(nothing);
});

test('SYN and SYN-ACK sent again are counted apart, and a FIN sent again with the data', () => {
  const wire = new Exchange();
  wire.client('S').client('S', { seq: 1000, after: 1_000_000 });
  wire.server('SA').server('SA', { seq: 5000, after: 1_000_000 }).client('A');
  wire.client('FA').client('FA', { seq: 1001, after: 400_000 });
  const flow = wire.finish();
  expect([flow.syn_count, flow.synack_count, flow.retrans_syn, flow.retrans_synack]).toEqual([2, 2, 1, 1]);
  expect(counts(flow)).toEqual({ retrans: [1, 0], outOfOrder: [0, 0] });
});

test('in a simultaneous open the SYN that is sent again with an ACK is the client’s (RFC 9293 3.5)', () => {
  const wire = new Exchange();
  wire.client('S').server('S').client('SA', { seq: 1000 }).server('SA', { seq: 5000 }).client('A');
  const flow = wire.finish();
  expect([flow.syn_count, flow.synack_count, flow.retrans_syn, flow.retrans_synack]).toEqual([2, 2, 1, 1]);
});

test('a connection whose beginning was not captured is followed from its first segment', () => {
  const wire = new Exchange().sequences(2 ** 32 - 10, 77);
  wire.client('PA', { len: 100 }).server('PA', { len: 10 }).client('PA', { len: 100 });
  const flow = wire.finish();
  expect(counts(flow)).toEqual(nothing);
  expect([flow.l4_bytes_tx, flow.l4_bytes_rx]).toEqual([200, 10]);
});
