import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { sofarpc } from './index.ts';

const CLASS = 'com.alipay.sofa.rpc.core.request.SofaRequest';
const field = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
const headers = (pairs: Record<string, string>) => Buffer.concat(Object.entries(pairs).flat().map(field));
const u16 = (value: number) => [value >> 8, value & 255];

/** SOFABolt, RpcCommandEncoder and RpcCommandEncoderV2; `tail` is the time-out or the status. */
function command(
  version: number,
  type: number,
  code: number,
  tail: number[],
  name: string,
  header: Buffer,
  body = 'planted',
) {
  const head = [...(version === 2 ? [2, 1] : [1]), type, ...u16(code), 1, 0, 0, 0, 9, 1, ...(version === 2 ? [1] : [])];
  const lengths = [...u16(name.length), ...u16(header.length), 0, 0, ...u16(body.length)];
  const crc = version === 2 ? [1, 2, 3, 4] : [];
  return Buffer.concat([
    Buffer.from([...head, ...tail, ...lengths]),
    Buffer.from(name),
    header,
    Buffer.from(body),
    Buffer.from(crc),
  ]);
}
/** DeepFlow, sofa-new.pcap */
const HEADER = headers({
  sofa_head_target_service: 'com.mycompany.app.common.ServInterface:1.0',
  new_rpc_trace_context: 'tcid=0a2200ce1670900283956100813525&spid=0&pspid=&sample=true&',
  sofa_head_method_name: 'testSuccess',
});
const request = (version: number, type = 1) => command(version, type, 1, [0, 0, 0x27, 0x10], CLASS, HEADER);
const response = (version: number, status = 0) =>
  command(version, 0, 2, u16(status), 'com.alipay.sofa.rpc.core.response.SofaResponse', Buffer.alloc(0));
const turns = (one: Buffer, other: Buffer): Turn[] => [
  { direction: 0, bytes: Buffer.concat([one, one]) },
  { direction: 1, bytes: other },
];
const rows = (list: Turn[]) => play(list, { protocols: [sofarpc] }).recorder.requests;

describe('SOFARPC', () => {
  it('reads service, method, id and trace of both versions', () => {
    for (const version of [1, 2]) {
      const found = rows([
        { direction: 0, bytes: request(version).subarray(0, 60) },
        { direction: 0, bytes: request(version).subarray(60) },
        { direction: 1, bytes: response(version) },
      ]);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        version: String(version),
        request_type: 'testSuccess',
        request_resource: 'com.mycompany.app.common.ServInterface:1.0/testSuccess',
        protocol_request_id: '9',
        response_code: '0',
        response_status: 'ok',
        trace_id: '0a2200ce1670900283956100813525',
        span_id: '0',
        trace_sampled: true,
        request_bytes: request(version).length,
      });
      expect(JSON.stringify({ ...found[0], session: null })).not.toContain('planted');
    }
  });

  it('reads the trace of older SOFATracers (DeepFlow, sofa-old.pcap)', () => {
    const older = headers({
      'rpc_trace_context.sofaRpcId': '0',
      'rpc_trace_context.samp': 'true',
      'rpc_trace_context.sofaTraceId': '0a2200ce167089845152310016143',
    });
    const [row] = rows([{ direction: 0, bytes: command(1, 1, 1, [0, 0, 0, 9], CLASS, older) }]);
    expect([row.trace_id, row.span_id, row.trace_sampled]).toEqual(['0a2200ce167089845152310016143', '0', true]);
  });

  it('tells faults by status, and expects nothing after a one-way call', () => {
    const outcome = (status: number) => {
      const row = rows(turns(request(1), response(1, status))).find((found) => found.has_response)!;
      return [row.response_status, row.response_exception];
    };
    expect(outcome(8)).toEqual(['client_error', 'CLIENT_SEND_ERROR']);
    expect(outcome(4)).toEqual(['server_error', 'SERVER_THREADPOOL_BUSY']);
    expect(rows([{ direction: 0, bytes: request(2, 2) }])[0].is_one_way).toBe(true);
  });

  it('is sure of a head with a class name behind', () => {
    const bytes = request(1);
    expect(detect(bytes, 0, bytes.length)).toBe(Verdict.sure);
    expect(detect(Buffer.alloc(64, 1), 0, 64)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seeds = [turns(request(1), response(1)), turns(request(2), response(2, 7))];
    expect(fuzzProtocol(sofarpc, seeds, 2000).heldAtEnd).toBe(0);
  });
});
