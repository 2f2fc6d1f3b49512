import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play } from '../../testing/index.ts';
import { detectMessage } from './detect.ts';
import { dnsOverTcp, dnsOverUdp } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
// www.example.com A, written after RFC 1035 4.1; the answer points back to the question (4.1.4)
const NAME = '03777777 076578616d706c65 03636f6d 00';
const QUERY = hex(`1234 0100 0001 0000 0000 0000 ${NAME} 0001 0001`);
const ANSWER = hex(
  `1234 8180 0001 0002 0000 0000 ${NAME} 0001 0001 c00c 0005 0001 0000003c 0002 c010 c010 0001 0001 0000003c 0004 c0000201`,
);
const MISSING = hex(`1234 8183 0001 0000 0000 0000 ${NAME} 0001 0001`);
const udp = { transport: 'udp', ports: [40_000, 53] } as const;
const framed = (message: Uint8Array) =>
  Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);

describe('DNS', () => {
  it('pairs query and response by id and shows the answers', () => {
    const [row] = play(
      [
        { direction: 0, bytes: QUERY },
        { direction: 1, bytes: ANSWER },
      ],
      udp,
    ).recorder.requests;
    expect(row).toMatchObject({
      protocol: 'dns',
      request_type: 'A',
      request_resource: 'www.example.com',
      protocol_request_id: '4660',
      response_code: '0',
      response_status: 'ok',
      response_result: 'CNAME example.com; A 192.0.2.1',
      request_bytes: 33,
      start_us: 1000,
      end_us: 2000,
    });
  });

  it('calls NXDOMAIN the fault of the client, and a repeated query one request', () => {
    const turns = [
      { direction: 0, bytes: QUERY },
      { direction: 0, bytes: QUERY },
      { direction: 1, bytes: MISSING },
      { direction: 1, bytes: MISSING },
    ] as const;
    const { requests } = play(turns, udp).recorder;
    expect(requests.map((x) => [x.response_code, x.response_status, x.response_exception])).toEqual([
      ['3', 'client_error', 'NXDOMAIN'],
    ]);
  });

  it('reads messages behind their length over TCP, wherever segments end', () => {
    const both = Buffer.concat([framed(QUERY), framed(hex(QUERY.toString('hex').replace(/^1234/, '1235')))]);
    for (let at = 1; at < both.length; at++) {
      const turns = [both.subarray(0, at), both.subarray(at)].map((bytes) => ({ direction: 0 as const, bytes }));
      const { requests } = play([...turns, { direction: 1, bytes: framed(ANSWER) }], { ports: [40_000, 53] }).recorder;
      expect(requests.map((x) => x.protocol_request_id).sort()).toEqual(['4660', '4661']);
    }
  });

  it('takes the same query over TCP for another one', () => {
    const { requests } = play([{ direction: 0, bytes: Buffer.concat([framed(QUERY), framed(QUERY)]) }], {
      ports: [40_000, 53],
    }).recorder;
    expect(requests.length).toBe(2);
  });

  it('shows labels in UTF-8, and a dot inside one as its number', () => {
    const names = ['0d4d696c616ee2809973204d6163', '03612e62', '02ff61'].map((label) =>
      hex(`1234 0100 0001 0000 0000 0000 ${label} 05 6c6f63616c 00 0001 0001`),
    );
    const shown = names.map((bytes) => play([{ direction: 0, bytes }], udp).recorder.requests[0]?.request_resource);
    expect(shown).toEqual(['Milan’s Mac.local', 'a\\046b.local', '\\255a.local']);
  });

  it('names the operation of what is not a query', () => {
    const update = hex('6919 2800 0001 0000 0000 0000 076578616d706c65 03636f6d 00 0006 0001');
    const [row] = play([{ direction: 0, bytes: update }], udp).recorder.requests;
    expect(row).toMatchObject({ request_type: 'SOA', attributes: { 'dns.opcode': 'UPDATE' } });
  });

  it('reports multicast queries as one-way', () => {
    const [row] = play([{ direction: 0, bytes: QUERY }], { transport: 'udp', ports: [5353, 5353] }).recorder.requests;
    expect([row.protocol, row.is_one_way]).toEqual(['mdns', true]);
  });

  it('reads no further than a truncated message', () => {
    for (let end = 0; end < ANSWER.length; end++) play([{ direction: 1, bytes: ANSWER.subarray(0, end) }], udp);
    expect(detectMessage(ANSWER.subarray(0, 20), 0, 20)).toBe(Verdict.maybe);
  });

  it('survives mutations', () => {
    const turns = [
      { direction: 0, bytes: QUERY },
      { direction: 1, bytes: ANSWER },
    ] as const;
    expect(fuzzProtocol(dnsOverUdp, [turns], 2000).heldAtEnd).toBe(0);
    expect(
      fuzzProtocol(dnsOverTcp, [turns.map((turn) => ({ ...turn, bytes: framed(turn.bytes) }))], 2000).heldAtEnd,
    ).toBe(0);
  });
});
