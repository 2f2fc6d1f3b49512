import { describe, expect, it } from 'vitest';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { nats } from './index.ts';

const client = (bytes: string): Turn => ({ direction: 0, bytes });
const server = (bytes: string): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[]) =>
  play(turns).recorder.requests.map((x) => [x.request_type, x.request_resource, x.response_status]);

// From the examples of the NATS client protocol documentation
const INFO = server('INFO {"server_id":"NA","server_name":"demo","version":"2.10.7","headers":true}\r\n');
const CONNECT = client('CONNECT {"verbose":false,"user":"u","pass":"planted"}\r\nPING\r\n');
const PONG = server('PONG\r\n');
const WORK = [client('SUB FOO 1\r\nPUB FRONT.DOOR JOKE.22 11\r\nKnock Knock\r\n'), server('MSG FOO 1 5\r\nhello\r\n')];

describe('NATS', () => {
  it('reports messages one way, and PING with its PONG', () => {
    const { recorder } = play([INFO, CONNECT, PONG, ...WORK]);
    expect(recorder.requests.map((x) => [x.request_type, x.request_resource, x.endpoint, x.is_one_way])).toEqual([
      ['PING', '', '', false],
      ['SUB', 'FOO', 'FOO', true],
      ['PUB', 'FRONT.DOOR', 'FRONT', true],
      ['MSG', 'FOO', 'FOO', true],
    ]);
    expect(recorder.requests[1]).toMatchObject({ version: '2.10.7', request_domain: 'demo' });
    expect(recorder.requests.every((x) => !x.request_resource.includes('planted'))).toBe(true);
  });

  it('reads headers: trace context, and the status of a reply without responders', () => {
    const head = 'NATS/1.0\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n';
    const none = 'NATS/1.0 503\r\n\r\n';
    const { recorder } = play([
      INFO,
      client(`HPUB A ${head.length} ${head.length + 2}\r\n${head}hi\r\n`),
      server(`HMSG _INBOX.1 9 ${none.length} ${none.length}\r\n${none}\r\n`),
    ]);
    expect(recorder.requests[0]).toMatchObject({ trace_id: '0af7651916cd43dd8448eb211c80319c', response_status: 'ok' });
    expect(recorder.requests[1]).toMatchObject({ response_code: '503', response_status: 'server_error' });
  });

  it('reports -ERR', () => {
    expect(rows([INFO, CONNECT, server("-ERR 'Authorization Violation'\r\n")])).toContainEqual([
      '-ERR',
      '',
      'client_error',
    ]);
    expect(rows([INFO, CONNECT, server("-ERR 'maximum connections exceeded'\r\n")])).toContainEqual([
      '-ERR',
      '',
      'server_error',
    ]);
  });

  it('leaves a PING open until the other side shows whose it is', () => {
    expect(rows([client('PING\r\n')])).toEqual([]);
    expect(rows([client('PING\r\n'), server('PONG\r\n')])).toEqual([['PING', '', 'ok']]);
    const { requests } = play([client('PING\r\n'), server('+PONG\r\n')]).recorder;
    expect(requests.map((x) => x.protocol)).toEqual(['redis']);
  });

  it('does not believe sizes beyond the limit', () => {
    expect(rows([INFO, client('PUB A 999999999\r\nhello\r\n')])).toEqual([]);
  });

  it('survives mutations', () => {
    expect(fuzzProtocol(nats, [[INFO, CONNECT, PONG, ...WORK]], 2000).heldAtEnd).toBe(0);
  });
});
