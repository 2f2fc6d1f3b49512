import { expect, test } from 'vitest';
import { Exchange } from './testing/exchange.ts';

test('the handshake gives the round trips of both halves and of the whole', () => {
  const wire = new Exchange();
  wire.client('S').server('SA', { after: 700 }).client('A', { after: 300 });
  const flow = wire.finish();
  expect([flow.rtt_us, flow.rtt_server_us, flow.rtt_client_us]).toEqual([1000, 700, 300]);
});

test('the round trip begins with the first of several SYNs', () => {
  const wire = new Exchange();
  wire
    .client('S')
    .client('S', { seq: 1000, after: 1_000_000 })
    .server('SA', { after: 500 })
    .client('A', { after: 500 });
  expect(wire.finish().rtt_us).toBe(1_001_000);
});

test('an ACK of something else does not complete the handshake', () => {
  const wire = new Exchange();
  wire.client('S').server('SA').client('A', { ack: 1234 });
  expect(wire.finish().rtt_us).toBeUndefined();
});

test('SRT is data to its pure ACK, ART data to the answer, CIT the answer to the next request', () => {
  const wire = new Exchange().handshake();
  wire.client('PA', { len: 50, after: 10_000 }); // CIT 10 ms since the handshake
  wire.server('A', { after: 200 }); // SRT
  wire.server('PA', { len: 500, after: 4_800 }); // ART 5 ms
  wire.client('A', { after: 100 });
  wire.client('PA', { len: 60, after: 29_900 }); // CIT 30 ms
  wire.server('PA', { len: 700, after: 7_000 }); // ART 7 ms, no pure ACK
  const flow = wire.finish();
  expect([flow.srt_sum_us, flow.srt_count, flow.srt_max_us]).toEqual([200, 1, 200]);
  expect([flow.art_sum_us, flow.art_count, flow.art_max_us]).toEqual([12_000, 2, 7_000]);
  expect([flow.cit_sum_us, flow.cit_count, flow.cit_max_us]).toEqual([40_000, 2, 30_000]);
});

test('ART counts from the last segment of a request to the first of the answer', () => {
  const wire = new Exchange().handshake();
  wire.client('A', { len: 1400 }).client('PA', { len: 100, after: 2_000 });
  wire.server('A', { len: 1400, after: 3_000 }).server('PA', { len: 1400, after: 4_000 });
  const flow = wire.finish();
  expect([flow.art_sum_us, flow.art_count]).toEqual([3_000, 1]);
});

test('an ACK of less than the request is no SRT', () => {
  const wire = new Exchange().handshake();
  wire.client('PA', { len: 100 }).server('A', { ack: 1051 }).server('A', { after: 400 });
  const flow = wire.finish();
  expect([flow.srt_sum_us, flow.srt_count]).toEqual([1_400, 1]);
});

test('after a retransmission nobody knows which segment was answered (RFC 6298 3)', () => {
  const wire = new Exchange().handshake();
  wire.client('PA', { len: 100 }).client('PA', { seq: 1001, len: 100, after: 300_000 });
  wire.server('A').server('PA', { len: 10 });
  const flow = wire.finish();
  expect([flow.srt_count ?? 0, flow.art_count ?? 0]).toEqual([0, 0]);
});

test('an answer after more than 30 seconds, or an ACK after more than 10, is none', () => {
  const wire = new Exchange().handshake();
  wire.client('PA', { len: 100 }).server('A', { after: 11_000_000 }).server('PA', { len: 1, after: 20_000_000 });
  const flow = wire.finish();
  expect([flow.srt_count ?? 0, flow.art_count ?? 0]).toEqual([0, 0]);
});

test('a keep-alive is no request', () => {
  const wire = new Exchange().handshake().client('PA', { len: 100 }).server('PA', { len: 100 }).client('A');
  wire.client('A', { seq: 1100, len: 1, after: 60_000_000 }).server('A');
  const flow = wire.finish();
  expect([flow.art_count, flow.cit_count, flow.srt_count ?? 0]).toEqual([1, 1, 0]);
});

test('a capture that begins at time 0 has its round trip too', () => {
  const wire = new Exchange();
  wire.timeUs = -1000;
  wire.client('S').server('SA', { after: 700 }).client('A', { after: 300 });
  expect(wire.finish()).toMatchObject({ start_us: 0, rtt_us: 1000, rtt_server_us: 700 });
});
