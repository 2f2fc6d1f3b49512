import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detectDatagram } from './detect.ts';
import { someIpOverTcp, someIpOverUdp } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** AUTOSAR PRS SOME/IP protocol specification, 4.1.2 */
const message = (type: string, code = '00', session = '0005') =>
  hex(`1234 0002 0000000c 0008 ${session} 01 01 ${type} ${code} 00000000`);
const REQUEST = message('00');
const RESPONSE = message('80');
/** tcpdump, someip2.pcap */
const ONE_WAY = hex('00010002000000080008000501010100');
const turns = (request: Buffer, response: Buffer): Turn[] => [
  { direction: 0, bytes: request },
  { direction: 1, bytes: response },
];
const overUdp = (list: Turn[]) => play(list, { transport: 'udp', protocols: [someIpOverUdp], ports: [30490, 30501] });

describe('SOME/IP', () => {
  it('pairs calls by method, client and session, over both transports', () => {
    for (const { recorder } of [
      overUdp(turns(REQUEST, RESPONSE)),
      play(turns(REQUEST, RESPONSE), { protocols: [someIpOverTcp] }),
    ]) {
      expect(recorder.requests).toHaveLength(1);
      expect(recorder.requests[0]).toMatchObject({
        protocol: 'some_ip',
        request_type: 'REQUEST',
        request_resource: '0x1234/0x0002',
        protocol_request_id: '0x0008:0x0005',
        response_code: '0',
        response_status: 'ok',
      });
    }
  });

  it('reads each of several messages in one datagram', () => {
    const both = Buffer.concat([REQUEST, message('00', '00', '0006')]);
    const answers = Buffer.concat([message('80', '00', '0006'), message('81', '03')]);
    const { requests } = overUdp(turns(both, answers)).recorder;
    expect(requests.map((row) => [row.response_status, row.response_exception])).toEqual([
      ['ok', ''],
      ['client_error', 'E_UNKNOWN_METHOD'],
    ]);
  });

  it('expects no response to calls without return and to events', () => {
    const [row] = overUdp([{ direction: 0, bytes: ONE_WAY }]).recorder.requests;
    expect([row.request_type, row.is_one_way, row.request_bytes]).toEqual(['REQUEST_NO_RETURN', true, 16]);
  });

  it('takes only datagrams that messages fill', () => {
    expect(detectDatagram(REQUEST, 0, REQUEST.length, 0, REQUEST.length)).toBe(Verdict.likely);
    expect(detectDatagram(REQUEST, 0, REQUEST.length - 1, 0, REQUEST.length - 1)).toBe(Verdict.no);
    const zeros = Buffer.alloc(48);
    expect(detectDatagram(zeros, 0, 48, 0, 48)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seeds = [turns(REQUEST, RESPONSE), turns(Buffer.concat([REQUEST, ONE_WAY]), message('a0'))];
    expect(fuzzProtocol(someIpOverUdp, seeds, 2000).heldAtEnd).toBe(0);
    expect(fuzzProtocol(someIpOverTcp, seeds, 2000).heldAtEnd).toBe(0);
  });
});
