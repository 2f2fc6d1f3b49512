import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { http1 } from '../http1/index.ts';
import { detect } from './detect.ts';
import { uwsgi } from './index.ts';

const u16 = (value: number) => Buffer.from([value & 255, value >> 8]);
const variable = (name: string, value: string) =>
  Buffer.concat([u16(name.length), Buffer.from(name), u16(value.length), Buffer.from(value)]);
/** uWSGI documentation, "The uwsgi Protocol". */
function request(path: string, more: Readonly<Record<string, string>> = {}, modifier = 0): Buffer {
  const values = { QUERY_STRING: 'a=1&token=planted', REQUEST_METHOD: 'GET', REQUEST_URI: path, ...more };
  const vars = Buffer.concat(Object.entries(values).map(([name, value]) => variable(name, value)));
  return Buffer.concat([Buffer.from([modifier]), u16(vars.length), Buffer.from([0]), vars]);
}
const client = (...bytes: Uint8Array[]): Turn => ({ direction: 0, bytes: Buffer.concat(bytes) });
const server = (text: string): Turn => ({ direction: 1, bytes: Buffer.from(text) });
const rows = (turns: Turn[]) => play(turns, { protocols: [http1, uwsgi] }).recorder.requests;

const POST = request('/cart/17?token=planted', {
  REQUEST_METHOD: 'POST',
  CONTENT_LENGTH: '9',
  SERVER_PROTOCOL: 'HTTP/1.1',
  HTTP_HOST: 'shop.test',
  HTTP_COOKIE: 'id=planted',
  HTTP_X_REQUEST_ID: 'r-1',
  HTTP_TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});
const BODY = Buffer.from('a=planted');

describe('uwsgi', () => {
  it('reads the variables of a request and the answer in HTTP, wherever segments end', () => {
    const sent = Buffer.concat([POST, BODY]);
    const answer = 'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nplanted';
    for (let at = 1; at < sent.length; at += 7) {
      const found = rows([client(sent.subarray(0, at)), client(sent.subarray(at)), server(answer)]);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        protocol: 'uwsgi',
        version: '1.1',
        request_type: 'POST',
        request_domain: 'shop.test',
        request_resource: '/cart/17?token=REDACTED',
        endpoint: '/cart/{id}',
        request_bytes: sent.length,
        response_bytes: answer.length,
        response_code: '404',
        response_status: 'client_error',
        x_request_id: 'r-1',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
      });
      expect(JSON.stringify(found)).not.toContain('planted');
    }
  });

  it('pairs requests of one connection in order, and knows other languages', () => {
    const found = rows([
      client(request('/a', {}, 7)),
      server('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
      client(request('/b', {}, 14)),
      server('HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n'),
    ]);
    expect(found.map((row) => [row.request_resource, row.response_code, row.response_status])).toEqual([
      ['/a', '200', 'ok'],
      ['/b', '500', 'server_error'],
    ]);
  });

  it('goes on behind a gap at the next request', () => {
    const found = rows([
      client(POST),
      server('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      { ...client(request('/next')), lost: BODY.length },
      server('HTTP/1.1 204 No Content\r\n\r\n'),
    ]);
    expect(found.map((row) => [row.request_resource, row.response_code])).toEqual([
      ['/cart/17?token=REDACTED', '200'],
      ['/next', '204'],
    ]);
  });

  it('is sure of a request alone', () => {
    const verdict = (bytes: Buffer) => detect(bytes, 0, bytes.length);
    expect(verdict(POST)).toBe(Verdict.sure);
    expect(verdict(POST.subarray(0, 10))).toBe(Verdict.maybe);
    expect(verdict(Buffer.concat([Buffer.from([0, 40, 0, 0]), variable('X', 'y')]))).toBe(Verdict.no);
    expect(verdict(Buffer.concat([Buffer.from([0, 40, 0, 0]), variable('LD_PRELOAD', 'y')]))).toBe(Verdict.no);
    expect(verdict(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toBe(Verdict.no);
    expect(verdict(Buffer.alloc(64))).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seed = [
      client(POST, BODY),
      server('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    ];
    expect(fuzzProtocol(uwsgi, [seed], 2000).heldAtEnd).toBe(0);
  });
});
