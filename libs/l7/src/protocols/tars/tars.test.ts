import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { tars } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** DeepFlow, tars-echo.pcap */
const REQUEST = hex(`0000003410012c3c400f5613746172732e746172736c6f672e4c6f674f626a6609746172735f70696e677d000c810bb898
  0ca80c`);
const RESPONSE = hex('0000001010012c300f4c5c6d000c780c');
/** The same with a return code of -10. */
const FAILURE = hex('0000001110012c300f4c50f66d000c780c');
const turns = (request: Buffer, response: Buffer): Turn[] => [
  { direction: 0, bytes: request },
  { direction: 1, bytes: response },
];
const rows = (list: Turn[]) => play(list, { protocols: [tars] }).recorder.requests;

describe('Tars', () => {
  it('reads servant, function, id and return code, wherever segments cut', () => {
    for (let at = 12; at < REQUEST.length; at++) {
      const found = rows([
        { direction: 0, bytes: REQUEST },
        { direction: 1, bytes: RESPONSE },
        { direction: 0, bytes: REQUEST.subarray(0, at) },
        { direction: 0, bytes: REQUEST.subarray(at) },
        { direction: 1, bytes: RESPONSE },
      ]);
      expect(found).toHaveLength(2);
      for (const row of found)
        expect(row).toMatchObject({
          version: '1',
          request_type: 'tars_ping',
          request_resource: 'tars.tarslog.LogObj/tars_ping',
          protocol_request_id: '15',
          response_code: '0',
          response_status: 'ok',
          request_bytes: 52,
        });
    }
  });

  it('tells faults of the client from those of the server', () => {
    const [row] = rows(turns(REQUEST, FAILURE));
    expect([row.response_code, row.response_status, row.response_exception]).toEqual([
      '-10',
      'client_error',
      'TARSADAPTERNULL',
    ]);
  });

  it('is sure of requests, and not of responses alone', () => {
    expect(detect(REQUEST, 0, REQUEST.length)).toBe(Verdict.sure);
    expect(detect(RESPONSE, 0, RESPONSE.length)).toBe(Verdict.likely);
    expect(detect(Buffer.alloc(40, 0x10), 0, 40)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(tars, [turns(REQUEST, RESPONSE), turns(REQUEST, FAILURE)], 2000).heldAtEnd).toBe(0);
  });
});
