import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { dhcp } from './index.ts';

/** RFC 2131 2: op, id, client and your address, options. */
function message(op: number, client: number[], your: number[], options: (number | Buffer)[]): Buffer {
  const head = Buffer.alloc(240);
  head.set([op, 1, 6, 0, 0, 0, 7, 0xc0]);
  head.set(client, 12);
  head.set(your, 16);
  head.writeUInt32BE(0x63825363, 236);
  return Buffer.concat([
    head,
    ...options.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)),
    Buffer.from([255]),
  ]);
}
const NOBODY = [0, 0, 0, 0];
const DISCOVER = message(1, NOBODY, NOBODY, [53, 1, 1, 12, 4, Buffer.from('till')]);
const RENEW = message(1, [10, 0, 0, 9], NOBODY, [53, 1, 3]);
const ACK = message(2, NOBODY, [10, 0, 0, 9], [0, 53, 1, 5]);
const NAK = message(2, NOBODY, NOBODY, [53, 1, 6, 56, 7, Buffer.from('unknown')]);
const turns = (...list: Buffer[]): Turn[] => list.map((bytes, i) => ({ direction: i === 0 ? 0 : 1, bytes }));
const rows = (list: Turn[]) => play(list, { transport: 'udp', protocols: [dhcp], ports: [68, 67] }).recorder.requests;

describe('DHCP', () => {
  it('pairs what a client with an address asks by transaction id', () => {
    const found = rows(turns(RENEW, ACK));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      protocol: 'dhcp',
      request_type: 'REQUEST',
      protocol_request_id: '0x000007c0',
      response_code: 'ACK',
      response_status: 'ok',
      response_result: '10.0.0.9',
    });
  });

  it('does not wait where the answer comes in another flow', () => {
    const [row] = rows(turns(DISCOVER));
    expect([row.request_type, row.request_resource, row.is_one_way, row.response_status]).toEqual([
      'DISCOVER',
      'till',
      true,
      'unknown',
    ]);
  });

  it('reads refusals', () => {
    const [row] = rows(turns(RENEW, NAK));
    expect([row.response_code, row.response_status, row.response_exception]).toEqual([
      'NAK',
      'client_error',
      'unknown',
    ]);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(dhcp, [turns(RENEW, ACK), turns(DISCOVER, NAK)], 2000).heldAtEnd).toBe(0);
  });
});
