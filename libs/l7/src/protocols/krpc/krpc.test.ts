import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { krpc } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** DeepFlow, krpc.pcap; the trace of the request shortened. */
const REQUEST = hex('4b52 0017 00000017 0801 10c703 181e 2001 28b0ea01 3a08 12026162 1a026364');
const RESPONSE = hex('4b52 000c 0000000e 0802 10c703 181e 2001 70823a 1a00');
const turns: Turn[] = [
  { direction: 0, bytes: REQUEST },
  { direction: 1, bytes: RESPONSE },
];

describe('kRPC', () => {
  it('reads service, message, sequence, trace and return code', () => {
    const { requests } = play(turns, { protocols: [krpc] }).recorder;
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      request_type: '30',
      request_resource: '455/30',
      protocol_request_id: '1',
      trace_id: 'ab',
      span_id: 'cd',
      response_code: '7426',
      response_status: 'server_error',
    });
  });

  it('is sure of magic and header', () => {
    expect(detect(REQUEST, 0, REQUEST.length)).toBe(Verdict.sure);
    const text = Buffer.from('KRAKEN is a text');
    expect(detect(text, 0, text.length)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(krpc, [turns], 2000).heldAtEnd).toBe(0);
  });
});
