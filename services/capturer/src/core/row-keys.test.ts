import { partitionOf } from '@flowloom/bus';
import { describe, expect, it } from 'vitest';
import { flowBatch } from '../testing/raw-rows.ts';
import { flowPartition, type RequestKey, requestPartition } from './row-keys.ts';

const many = 1009;
const flow = (client_ip: string, server_ip: string) => flowPartition(flowBatch({ client_ip, server_ip }), 0, many);
const request = (key: Partial<RequestKey>) =>
  requestPartition({ req_tcp_seq: 0, resp_tcp_seq: 0, protocol_request_id: '', ...key }, many);

describe('flowPartition', () => {
  it("is the bus's partition of both addresses as 32 bytes, the lower one first", () => {
    const key = Buffer.from('00000000000000000000ffff0a00000100000000000000000000ffff0a000002', 'hex');
    expect(flow('10.0.0.1', '10.0.0.2')).toBe(partitionOf(key, many));
  });

  it('is the same from either side', () => {
    for (const [a, b] of [
      ['10.0.0.1', '10.0.0.2'],
      ['2001:db8::1', '2001:db8:0:1::1'],
      ['10.0.0.1', '200.0.0.1'],
    ]) {
      expect(flow(a, b)).toBe(flow(b, a));
    }
  });

  it('keeps every key within the partitions', () => {
    for (let i = 0; i < 200; i++) {
      const partition = flowPartition(flowBatch({ client_ip: `10.0.${i}.1`, server_ip: '10.9.9.9' }), 0, 3);
      expect([0, 1, 2]).toContain(partition);
    }
  });
});

describe('requestPartition', () => {
  it('is by the TCP sequence number of the request, at every observation point', () => {
    const key = Buffer.from('00003039', 'hex');
    expect(request({ req_tcp_seq: 12_345 })).toBe(partitionOf(key, many));
    expect(request({ req_tcp_seq: 12_345, resp_tcp_seq: 9 })).toBe(partitionOf(key, many));
  });

  it('is by that of the response where the request was not seen', () => {
    expect(request({ resp_tcp_seq: 12_345 })).toBe(request({ req_tcp_seq: 12_345 }));
  });

  it("is by the protocol's own id without TCP", () => {
    expect(request({ protocol_request_id: '4711' })).toBe(partitionOf('4711', many));
  });
});
