import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { dubbo } from './index.ts';

/** Dubbo protocol, "Protocol details": flags, status, id, length, body. */
function message(flags: number, status: number, body: Buffer, id = 7n): Buffer {
  const head = Buffer.from([0xda, 0xbb, flags, status, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(id, 4);
  head.writeUInt32BE(body.length, 12);
  return Buffer.concat([head, body]);
}
/** Hessian 2.0, 4.12: up to 31 characters, or up to 1023. */
const string = (text: string): Buffer =>
  Buffer.concat([
    Buffer.from(text.length < 32 ? [text.length] : [0x30 + (text.length >> 8), text.length & 255]),
    Buffer.from(text),
  ]);
const map = (pairs: Record<string, string>): Buffer =>
  Buffer.concat([Buffer.from('H'), ...Object.entries(pairs).flat().map(string), Buffer.from('Z')]);

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const attachments = map({ path: 'shop.Items', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
const names = ['2.0.2', 'shop.Items', '0.0.0', 'find'].map(string);
/** An object of a class with two fields, a list of it, a map, a long, bytes (Hessian 2.0, 10). */
const values = Buffer.concat([
  Buffer.from([0x43]),
  string('shop.Item'),
  Buffer.from([0x92]),
  string('name'),
  string('next'),
  Buffer.from([0x60]),
  string('planted'),
  Buffer.from([0x4e, 0x7a, 0x60]),
  string('planted'),
  Buffer.from([0x51, 0x90, 0x91]),
  map({ password: 'planted' }),
  Buffer.from([0xf8, 0x00, 0x23, 1, 2, 3]),
]);
const call = Buffer.concat([...names, string('Lshop/Item;[Lshop/Item;Ljava/util/Map;J[B'), values, attachments]);
const turns = (request: Buffer, response: Buffer): Turn[] => [
  { direction: 0, bytes: request },
  { direction: 1, bytes: response },
];
const rows = (list: Turn[]) => play(list, { protocols: [dubbo] }).recorder.requests;

describe('Dubbo', () => {
  it('reads the call and the trace context behind the parameters, and reveals no parameter', () => {
    const found = rows(turns(message(0xc2, 0, call), message(0x02, 20, Buffer.from([0x91, 0x90]))));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      protocol: 'dubbo',
      version: '2.0.2',
      request_type: 'find',
      request_resource: 'shop.Items/find',
      endpoint: 'shop.Items/find',
      protocol_request_id: '7',
      response_code: '20',
      response_status: 'ok',
      trace_id: TRACE,
      span_id: '00f067aa0ba902b7',
    });
    expect(JSON.stringify({ ...found[0], session: null })).not.toContain('planted');
  });

  it('gives the same for any segmentation', () => {
    const request = message(0xc2, 0, call);
    for (let at = 1; at < request.length; at += 7) {
      const parts = [request.subarray(0, at), request.subarray(at)];
      const found = rows([
        ...parts.map((bytes) => ({ direction: 0 as const, bytes })),
        { direction: 1, bytes: message(2, 20, Buffer.from([0x92])) },
      ]);
      expect(found.map((row) => [row.request_resource, row.trace_id, row.response_code])).toEqual([
        ['shop.Items/find', TRACE, '20'],
      ]);
    }
  });

  it('tells faults of the client from those of the server, and names what was thrown', () => {
    const outcome = (status: number, body: Buffer) => {
      const [row] = rows(turns(message(0xc2, 0, call), message(2, status, body)));
      return [row.response_status, row.response_exception];
    };
    expect(outcome(40, string('no such field\nat planted'))).toEqual(['client_error', 'BAD_REQUEST: no such field']);
    expect(outcome(70, string('down'))).toEqual(['server_error', 'SERVICE_ERROR: down']);
    const thrown = Buffer.concat([Buffer.from([0x90, 0x43]), string('shop.SoldOut'), Buffer.from([0x90, 0x60])]);
    expect(outcome(20, thrown)).toEqual(['ok', 'shop.SoldOut']);
  });

  it('reads names that Kryo wrote (DeepFlow, dubbo-kryo.pcap)', () => {
    const body = Buffer.from(
      '03322e382eb4636f6d2e7a7a6e6f64652e69746d732e6170692e4f464f505365727665f2312e302eb073656e644f666f704d73e7',
      'hex',
    );
    const [row] = rows(turns(message(0xc8, 0, body), message(8, 20, Buffer.from([2]))));
    expect([row.version, row.request_resource]).toEqual(['2.8.4', 'com.zznode.itms.api.OFOPServer/sendOfopMsg']);
  });

  it('reads names and attachments that Fastjson wrote', () => {
    const lines = ['"2.0.2"', '"shop.Items"', '"0.0.0"', '"find"', '"I"', '5', `{"x-request-id":"r-1"}`];
    const [row] = rows(turns(message(0xc6, 0, Buffer.from(lines.join('\n'))), message(6, 20, Buffer.from('2'))));
    expect([row.request_resource, row.x_request_id]).toEqual(['shop.Items/find', 'r-1']);
  });

  it('expects no response to a one-way call, and keeps ids of 64 bits apart', () => {
    expect(rows([{ direction: 0, bytes: message(0x82, 0, call) }])[0].is_one_way).toBe(true);
    const id = 0x7fff_ffff_ffff_fff1n;
    const [row] = rows(turns(message(0xe2, 0, Buffer.from('N'), id), message(0x22, 20, Buffer.from('N'), id)));
    expect([row.request_type, row.protocol_request_id]).toEqual(['HEARTBEAT', String(id)]);
  });

  it('is sure of the magic with flags that fit', () => {
    const bytes = message(0xc2, 0, call);
    expect(detect(bytes, 0, bytes.length)).toBe(Verdict.sure);
    bytes[2] = 0;
    expect(detect(bytes, 0, bytes.length)).toBe(Verdict.no);
  });

  it('survives mutations and deep nesting', () => {
    const deep = Buffer.concat([...names, string('Ljava/util/List;'), Buffer.alloc(20_000, 0x79)]);
    expect(rows([{ direction: 0, bytes: message(0xc2, 0, deep) }])[0].request_type).toBe('find');
    const seed = turns(message(0xc2, 0, call), message(2, 20, Buffer.from([0x92])));
    expect(fuzzProtocol(dubbo, [seed], 2000).heldAtEnd).toBe(0);
  });
});
