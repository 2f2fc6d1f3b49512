import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { thrift } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const framed = (message: Buffer) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(message.length);
  return Buffer.concat([head, message]);
};
/** Packetbeat, thrift_tutorial.pcap: add(1, 1) -> 2 */
const CALL = hex('80010001 00000003 616464 00000000 08 0001 00000001 08 0002 00000001 00');
const REPLY = hex('80010002 00000003 616464 00000000 08 0000 00000002 00');
/** The same in the compact protocol (its encoding document): zigzag 1 is 02. */
const COMPACT_CALL = hex('8221 00 03 616464 15 02 15 02 00');
const COMPACT_REPLY = hex('8241 00 03 616464 05 00 04 00');
/** The same before versions were written. */
const OLD_CALL = hex('00000003 616464 01 00000000 08 0001 00000001 08 0002 00000001 00');
const OLD_REPLY = hex('00000003 616464 02 00000000 08 0000 00000002 00');
/** Arkime, thrift.pcap, with a shorter name and message. */
const EXCEPTION = hex('80010003 00000003 616464 00000000 0b 0001 00000003 6e6f21 08 0002 00000001 00');
const COMPACT_EXCEPTION = hex('8261 00 03 616464 18 03 6e6f21 15 0c 00');
const turns = (request: Buffer, response: Buffer): Turn[] => [
  { direction: 0, bytes: request },
  { direction: 1, bytes: response },
];
const rows = (list: Turn[]) => play(list, { protocols: [thrift] }).recorder.requests;
const forms: [string, Buffer, Buffer][] = [
  ['binary', CALL, REPLY],
  ['compact', COMPACT_CALL, COMPACT_REPLY],
  ['binary', OLD_CALL, OLD_REPLY],
];

describe('Thrift', () => {
  it('reads both protocols, and the old form of binary, framed and unframed', () => {
    for (const [version, call, reply] of forms) {
      for (const form of [(bytes: Buffer) => bytes, framed]) {
        const found = rows(turns(form(call), form(reply)));
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({
          protocol: 'thrift',
          version,
          request_type: 'add',
          request_resource: 'add',
          response_code: '0',
          response_status: 'ok',
          protocol_request_id: '0',
          request_bytes: form(call).length,
          response_bytes: form(reply).length,
        });
      }
    }
  });

  it('finds the end of messages without frames, however they are cut and whatever is in them', () => {
    // field 1: map<string, list<struct { 1: i64 }>>, field 2: bool, field 3: list<double> of two, field 4: map<i32, string>
    const fields = hex(`
      0d 0001 0b 0f 00000001 00000001 61 0c 00000002 0a 0001 0000000000000001 00 00
      02 0002 01   0f 0003 04 00000002 ${'00'.repeat(16)}   0d 0004 08 0b 00000001 00000007 00000002 6162 00`);
    const call = Buffer.concat([hex('80010001 00000003 616464 00000005'), fields]);
    const reply = hex('80010002 00000003 616464 00000005 00');
    // field 1: map<string, list<struct>>, field 2: true, field 3: list<i32> of 2, field 4: binary
    const compact = hex('8221 05 03 616464 1b 01 89 01 61 2c 1602 00 00 11 19 25 02 04 18 02 6162 00');
    for (const [request, response] of [
      [call, reply],
      [compact, hex('8241 05 03 616464 00')],
    ]) {
      const twice = Buffer.concat([request, request]);
      for (let at = 1; at < twice.length; at++) {
        const found = rows([
          { direction: 0, bytes: twice.subarray(0, at) },
          { direction: 0, bytes: twice.subarray(at) },
          { direction: 1, bytes: response },
        ]);
        expect(found.map((row) => [row.request_type, row.request_bytes]).slice(0, 2)).toEqual([
          ['add', request.length],
          ['add', request.length],
        ]);
      }
    }
  });

  it('reads exceptions of both protocols', () => {
    const outcome = (call: Buffer, answer: Buffer) => {
      const [row] = rows(turns(call, answer));
      return [row.response_code, row.response_status, row.response_exception];
    };
    expect(outcome(CALL, EXCEPTION)).toEqual(['1', 'client_error', 'UNKNOWN_METHOD: no!']);
    expect(outcome(COMPACT_CALL, framed(COMPACT_EXCEPTION))).toEqual(['6', 'server_error', 'INTERNAL_ERROR: no!']);
  });

  it('tells services of one port apart, and expects no response to a one-way call', () => {
    const call = hex('80010004 00000008 43616c633a616464 00000009 00');
    expect(rows([{ direction: 0, bytes: call }])[0]).toMatchObject({
      request_type: 'Calc:add',
      request_resource: 'Calc/add',
      is_one_way: true,
    });
  });

  it('pairs the answer of one of several services, which is without its name (TMultiplexedProcessor)', () => {
    const call = hex('80010001 00000008 43616c633a616464 00000000 08 0001 00000001 00');
    expect(rows(turns(call, REPLY))).toMatchObject([{ request_type: 'Calc:add', response_code: '0' }]);
  });

  it('is sure of versioned messages only', () => {
    expect(detect(CALL, 0, CALL.length, 0, CALL.length)).toBe(Verdict.sure);
    expect(detect(OLD_CALL, 0, OLD_CALL.length, 0, OLD_CALL.length)).toBe(Verdict.likely);
    expect(detect(COMPACT_CALL, 0, COMPACT_CALL.length, 0, COMPACT_CALL.length)).toBe(Verdict.likely);
    const other = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    expect(detect(other, 0, other.length, 0, other.length)).toBe(Verdict.no);
  });

  it('survives mutations and declared lengths beyond belief', () => {
    const huge = hex('80010001 00000003 616464 00000000 0f 0001 0c 7fffffff');
    expect(rows([{ direction: 0, bytes: Buffer.concat([huge, Buffer.alloc(60_000)]) }])).toHaveLength(1);
    const seeds = forms.flatMap(([, call, reply]) => [turns(call, reply), turns(framed(call), framed(reply))]);
    expect(fuzzProtocol(thrift, [...seeds, turns(CALL, EXCEPTION)], 3000).heldAtEnd).toBe(0);
  });
});
