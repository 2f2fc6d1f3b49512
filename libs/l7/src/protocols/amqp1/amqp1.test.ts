import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { bytesOf, fuzzProtocol, play, shown, type Turn } from '../../testing/index.ts';
import { amqp } from '../amqp/index.ts';
import { detect10 } from './detect.ts';
import { recorded } from './testing.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** A frame of type 0 on a channel (part 2, section 2.3) with a described list (part 1) as its body, and what follows that. */
function frame(code: string, fields: string[], channel = 0, payload = ''): Uint8Array {
  const content = hex(fields.join(''));
  const body = Buffer.concat([
    hex(`0053${code}c0`),
    Buffer.from([content.length + 1, fields.length]),
    content,
    hex(payload),
  ]);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.set([2, 0], 4);
  head.writeUInt16BE(channel, 6);
  return Buffer.concat([head, body]);
}
const HEADER = hex('414d515000010000');
const client = (...frames: Uint8Array[]): Turn => ({ direction: 0, bytes: Buffer.concat(frames) });
const server = (...frames: Uint8Array[]): Turn => ({ direction: 1, bytes: Buffer.concat(frames) });
const rows = (turns: Turn[]) => play(turns, { ports: [40_000, 5672] }).recorder.requests;

describe('AMQP 1.0', () => {
  it('reads what real implementations say to each other', () => {
    const seen = rows(recorded).map((x) => [x.request_type, x.request_resource, x.response_code, x.response_status]);
    expect(seen).toEqual([
      ['sasl-init', 'PLAIN', '0', 'ok'],
      ['open', '', '', 'ok'],
      ['begin', '', '', 'ok'],
      ['attach', 'orders', '', 'ok'],
      ['transfer', 'orders', 'accepted', 'ok'],
      ['transfer', 'orders', 'amqp:decode-error', 'client_error'],
      ['transfer', 'orders', 'released', 'client_error'],
      ['attach', 'news', '', 'ok'],
      ['detach', 'news', '', 'ok'],
      ['attach', 'missing', '', 'ok'],
      ['detach', 'missing', '', 'ok'],
      ['detach', 'orders', '', 'ok'],
      ['close', '', '', 'ok'],
    ]);
  });

  it('finds ids and trace context in a message, and shows neither its body nor credentials', () => {
    const all = rows(recorded);
    expect(all[4]).toMatchObject({
      protocol: 'amqp',
      version: '1.0.0',
      request_domain: '127.0.0.1',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      attributes: { 'messaging.message.id': 'id-1', 'messaging.message.conversation_id': 'c1' },
    });
    expect(shown(all)).not.toContain('planted');
    expect(shown(all)).not.toContain('guest');
  });

  it('gives the same for any segmentation', () => {
    const types = (turns: Turn[]) => rows(turns).map((x) => [x.request_type, x.response_status, x.request_bytes]);
    for (const size of [1, 7, 64]) {
      const cut = recorded.flatMap(({ direction, bytes }) => {
        const all = bytesOf(bytes);
        const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => i * size);
        return parts.map((at): Turn => ({ direction, bytes: all.subarray(at, at + size) }));
      });
      expect(types(cut)).toEqual(types(recorded));
    }
  });

  it('answers a range of deliveries by one disposition, on the channel of the other end', () => {
    const begin = (remote: string, channel: number) => frame('11', [remote, '43', '52ff', '52ff'], channel);
    const transfer = (id: string) => frame('14', ['43', id, 'a00161', '43'], 5);
    const turns = [
      client(HEADER, begin('40', 5)),
      server(begin('600005', 9)),
      client(transfer('5201'), transfer('5202'), transfer('5203')),
      server(frame('15', ['41', '5201', '5202', '41', '00532445'], 9)),
    ];
    const deliveries = rows(turns).filter((x) => x.request_type === 'transfer');
    expect(deliveries.map((x) => [x.protocol_request_id, x.response_code])).toEqual([
      ['1', 'accepted'],
      ['2', 'accepted'],
      ['3', ''],
    ]);
  });

  it('knows answers for what they are where the start of the connection was not seen', () => {
    const begin = server(frame('11', ['600001', '43', '52ff', '52ff'], 1));
    const attach = server(frame('12', ['a10161', '43', '42', '40', '40', '00532845', '005329c00401a10171'], 1));
    const detach = (more: string[] = []) => frame('16', ['43', '41', ...more], 1);
    const seen = (turns: Turn[]) => rows(turns).map((x) => [x.request_type, x.client, x.has_request, x.has_response]);
    expect(seen([begin, attach, client(detach()), server(detach())])).toEqual([
      ['begin', 0, false, true],
      ['attach', 0, false, true],
      ['detach', 0, true, true],
    ]);
    expect(
      seen([begin, server(frame('16', ['43', '41', '00531dc00c02a308616d71703a6f6f6f40'], 1)), client(detach())]),
    ).toEqual([
      ['begin', 0, false, true],
      ['detach', 1, true, true],
    ]);
  });

  it('expects nothing after a delivery that was sent settled, and lets it last over several frames', () => {
    const attach = frame('12', ['a10161', '43', '42', '40', '40', '00532845', '005329c00401a10171']);
    const [first, last] = ['41', '42'].map((more) =>
      frame('14', ['43', '5201', 'a00161', '43', '41', more], 0, '005375a00178'),
    );
    const found = rows([client(HEADER, attach, first), client(last)]).find((x) => x.request_type === 'transfer');
    expect(found).toMatchObject({ request_resource: 'q', is_one_way: true, request_bytes: first.length + last.length });
  });

  it('is told from AMQP 0-9-1, whose frames begin with a type', () => {
    expect(detect10(hex('414d515000000901'), 0, 8)).toBe(Verdict.no);
    expect(detect10(hex('0100000000000d000a000a'), 0, 11)).toBe(Verdict.no);
    expect(detect10(hex('414d515003010000'), 0, 8)).toBe(Verdict.sure);
  });

  it('does not follow descriptors into the deep, nor counts of two billion', () => {
    const deep = [`00${'00'.repeat(400)}`, `d07fffffff7fffffff`, `c0ffff`].map((value) =>
      frame('10', ['a10161', value, value]),
    );
    const range = frame('15', ['41', '43', '70ffffffff', '41', '00532445']);
    expect(rows([client(HEADER, ...deep), server(range)]).length).toBeLessThan(4);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(amqp, [recorded], 2000).heldAtEnd).toBe(0);
  });
});
