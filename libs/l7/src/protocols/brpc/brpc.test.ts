import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { brpc } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** DeepFlow, brpc-echo.pcap */
const REQUEST =
  hex(`5052504300000034000000270a1d0a136578616d706c652e4563686f5365727669636512044563686f180118002082808080
  100a0b68656c6c6f20776f726c64`);
const RESPONSE = hex('50525043000000190000000c12020800180020828080801 00a0b68656c6c6f20776f726c64');
/** Error 1002 and its text, to the same correlation id. */
const FAILURE = hex('50525043 00000013 00000013 1209 08ea07 1204 6e6f6e6f 1800 208280808010');
const turns = (request: Buffer, response: Buffer): Turn[] => [
  { direction: 0, bytes: request },
  { direction: 1, bytes: response },
];
const rows = (list: Turn[]) => play(list, { protocols: [brpc] }).recorder.requests;

describe('bRPC', () => {
  it('reads service, method and correlation id, wherever segments cut', () => {
    for (let at = 1; at < REQUEST.length; at++) {
      const found = rows([
        { direction: 0, bytes: REQUEST.subarray(0, at) },
        { direction: 0, bytes: REQUEST.subarray(at) },
        { direction: 1, bytes: RESPONSE },
      ]);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        request_type: 'Echo',
        request_resource: 'example.EchoService/Echo',
        protocol_request_id: '4294967298',
        x_request_id: '1',
        response_code: '0',
        response_status: 'ok',
        request_bytes: 64,
      });
    }
  });

  it('reads errors', () => {
    const [row] = rows(turns(REQUEST, FAILURE));
    expect([row.response_code, row.response_status, row.response_exception]).toEqual(['1002', 'client_error', 'nono']);
  });

  it('is sure of the magic', () => {
    expect(detect(REQUEST, 0, REQUEST.length)).toBe(Verdict.sure);
    expect(detect(REQUEST, 1, REQUEST.length)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(brpc, [turns(REQUEST, RESPONSE), turns(REQUEST, FAILURE)], 2000).heldAtEnd).toBe(0);
  });
});
