import { describe, expect, it } from 'vitest';
import { bytesOf, fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { amqp } from './index.ts';

/** A frame (AMQP 0-9-1 section 2.3.5). */
const frame = (type: number, channel: number, payload: string) => {
  const hex = payload.replaceAll(' ', '');
  const head = Buffer.alloc(7);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(hex.length / 2, 3);
  return Buffer.concat([head, Buffer.from(hex, 'hex'), Buffer.from([0xce])]);
};
const short = (text: string) => Buffer.from([text.length]).toString('hex') + Buffer.from(text).toString('hex');
const client = (...frames: Uint8Array[]): Turn => ({ direction: 0, bytes: Buffer.concat(frames) });
const server = (...frames: Uint8Array[]): Turn => ({ direction: 1, bytes: Buffer.concat(frames) });

const HEADER = client(Buffer.from('AMQP\0\0\x09\x01'));
const OPEN = [client(frame(1, 0, `000a0028 ${short('/v')} 00 00`)), server(frame(1, 0, '000a0029 00'))];
const DECLARE = client(frame(1, 1, `0032000a 0000 ${short('hello')} 00 00000000`));
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const headers = `${short('traceparent')}53${'00000037'}${Buffer.from(TRACE).toString('hex')}`;
const PUBLISH = client(
  frame(1, 1, `003c0028 0000 ${short('ex')} ${short('rk')} 00`),
  frame(2, 1, `003c 0000 0000000000000007 2000 ${(headers.length / 2).toString(16).padStart(8, '0')} ${headers}`),
  frame(3, 1, Buffer.from('planted').toString('hex')),
);

describe('AMQP 0-9-1', () => {
  it('pairs methods by channel, and reads a message with its trace context', () => {
    const { recorder } = play([
      HEADER,
      ...OPEN,
      DECLARE,
      server(frame(1, 1, `0032000b ${short('hello')} 00000000 00000000`)),
      PUBLISH,
    ]);
    expect(
      recorder.requests.map((x) => [x.request_type, x.request_resource, x.request_domain, x.response_status]),
    ).toEqual([
      ['Connection.Open', '', '/v', 'ok'],
      ['Queue.Declare', 'hello', '/v', 'ok'],
      ['Basic.Publish', 'ex.rk', '/v', 'ok'],
    ]);
    expect(recorder.requests[2]).toMatchObject({ trace_id: '0af7651916cd43dd8448eb211c80319c', is_one_way: true });
    const shown = JSON.stringify(recorder.requests, (key, value) => (/session|waitsIn/.test(key) ? undefined : value));
    expect(shown).not.toContain('planted');
  });

  it('answers a request by the error with which its channel is closed', () => {
    const { recorder } = play([
      HEADER,
      ...OPEN,
      DECLARE,
      server(frame(1, 1, `00140028 0194 ${short('NOT_FOUND')} 0032 000a`)),
    ]);
    expect(recorder.requests[1]).toMatchObject({
      request_type: 'Queue.Declare',
      response_code: '404',
      response_exception: 'NOT_FOUND',
      response_status: 'client_error',
      start_us: 4000,
      end_us: 5000,
    });
  });

  it('knows a refused login, whether the server says so or only closes the connection', () => {
    const start = [server(frame(1, 0, '000a000a 00 09 00000000 00000000 00000000'))];
    const login = client(frame(1, 0, `000a000b 00000000 ${short('PLAIN')} 00000000 00`));
    const refused = `000a0032 0193 ${short('ACCESS_REFUSED')} 0000 0000`;
    const rows = (turns: Turn[]) => play([HEADER, ...start, login, ...turns], { ports: [1, 5672] }).recorder.requests;
    expect(rows([server(frame(1, 0, refused)), client(frame(1, 0, '000a0033'))])).toContainEqual(
      expect.objectContaining({
        request_type: 'Connection.StartOk',
        client: 0,
        start_us: 3000,
        request_bytes: 27,
        response_code: '403',
        response_exception: 'ACCESS_REFUSED',
        response_status: 'client_error',
      }),
    );
    const tuned = rows([server(frame(1, 0, '000a001e 07ff 00020000 003c')), ...OPEN]);
    expect(tuned.map((x) => x.request_type)).not.toContain('Connection.StartOk');
    const { recorder, engine } = play([], { ports: [1, 5672] });
    const connection = engine.openStream({ transport: 'tcp', ports: [1, 5672] });
    const say = (direction: 0 | 1, seq: number, bytes: Uint8Array, flags: number, timeUs: number) =>
      connection.segment(direction, seq, bytes, 0, bytes.length, bytes.length, timeUs, flags);
    say(0, 1, bytesOf(HEADER.bytes), 16, 1);
    say(1, 1, bytesOf(start[0].bytes), 16, 2);
    say(0, 9, bytesOf(login.bytes), 16, 3);
    say(1, 1 + start[0].bytes.length, new Uint8Array(0), 17, 4);
    connection.close(5);
    expect(recorder.requests.map((x) => [x.request_type, x.response_status])).toContainEqual([
      'Connection.StartOk',
      'client_error',
    ]);
  });

  it('does not wait for an answer that was not asked for', () => {
    const { recorder } = play([HEADER, ...OPEN, client(frame(1, 1, `0032000a 0000 ${short('q')} 10 00000000`))]);
    expect(recorder.requests[1]).toMatchObject({ request_type: 'Queue.Declare', is_one_way: true });
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(amqp, [[HEADER, ...OPEN, DECLARE, PUBLISH]], 2000).heldAtEnd).toBe(0);
  });
});
