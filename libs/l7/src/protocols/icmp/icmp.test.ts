import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { icmp6Echo, icmpEcho } from './index.ts';

/** RFC 792, "Echo or Echo Reply Message" */
const message = (type: number, sequence: number) => Buffer.from([type, 0, 0, 0, 0, 9, 0, sequence, 1, 2, 3, 4]);
const turn = (direction: 0 | 1, bytes: Buffer): Turn => ({ direction, bytes });

describe('ICMP echo', () => {
  it('pairs by identifier and sequence number, in both versions', () => {
    for (const [protocol, request, reply] of [
      [icmpEcho, 8, 0],
      [icmp6Echo, 128, 129],
    ] as const) {
      const turns = [turn(0, message(request, 1)), turn(0, message(request, 2)), turn(1, message(reply, 2))];
      const { requests } = play(turns, { transport: protocol.transports[0], protocols: [protocol] }).recorder;
      expect(requests.map((row) => [row.protocol_request_id, row.response_status])).toEqual([
        ['2', 'ok'],
        ['1', 'unknown'],
      ]);
      expect(requests[0]).toMatchObject({
        protocol: 'icmp',
        request_type: 'ECHO',
        request_resource: '9',
        request_bytes: 12,
      });
    }
  });

  it('leaves other messages alone', () => {
    const { requests } = play([turn(0, message(3, 1)), turn(1, message(128, 1))], {
      transport: 'icmp',
      protocols: [icmpEcho],
    }).recorder;
    expect(requests).toHaveLength(0);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(icmpEcho, [[turn(0, message(8, 1)), turn(1, message(0, 1))]], 2000).heldAtEnd).toBe(0);
  });
});
