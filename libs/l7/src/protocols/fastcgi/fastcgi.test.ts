import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { fastcgi } from './index.ts';

/** FastCGI specification 3.3 */
function record(type: number, content: Uint8Array | string, id = 1, padding = 0): Buffer {
  const bytes = Buffer.from(content as string, 'latin1');
  const header = Buffer.from([1, type, id >> 8, id & 255, bytes.length >> 8, bytes.length & 255, padding, 0]);
  return Buffer.concat([header, bytes, Buffer.alloc(padding)]);
}
const pair = (name: string, value: string) => {
  const long = value.length > 127;
  const lengths = long ? [name.length, 0x80, 0, value.length >> 8, value.length & 255] : [name.length, value.length];
  return Buffer.concat([Buffer.from(lengths), Buffer.from(name + value)]);
};
const BEGIN = record(1, Uint8Array.from([0, 1, 0, 0, 0, 0, 0, 0]));
const PARAMS = Buffer.concat([
  pair('REQUEST_METHOD', 'POST'),
  pair('REQUEST_URI', '/cart/17?token=planted'),
  pair('HTTP_HOST', 'shop.test'),
  pair('HTTP_COOKIE', `id=planted${'x'.repeat(200)}`),
  pair('HTTP_X_REQUEST_ID', 'r-1'),
  pair('SERVER_PROTOCOL', 'HTTP/1.1'),
]);
const END = record(3, new Uint8Array(8));
const client = (...bytes: Uint8Array[]): Turn => ({ direction: 0, bytes: Buffer.concat(bytes) });
const server = (...bytes: Uint8Array[]): Turn => ({ direction: 1, bytes: Buffer.concat(bytes) });
const rows = (turns: Turn[]) => play(turns, { protocols: [fastcgi] }).recorder.requests;

describe('FastCGI', () => {
  it('reads parameters, wherever records cut them, and the status of the answer', () => {
    for (let at = 0; at <= PARAMS.length; at += 3) {
      const params = [PARAMS.subarray(0, at), PARAMS.subarray(at)].filter((part) => part.length > 0);
      const found = rows([
        client(
          BEGIN,
          ...params.map((part) => record(4, part, 1, 3)),
          record(4, ''),
          record(5, 'a=planted'),
          record(5, ''),
        ),
        server(record(6, 'Status: 404 Not Found\r\nContent-Type: text/html\r\n\r\nplanted'), record(6, ''), END),
      ]);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({
        protocol: 'fastcgi',
        version: '1.1',
        request_type: 'POST',
        request_domain: 'shop.test',
        request_resource: '/cart/17?token=REDACTED',
        endpoint: '/cart/{id}',
        response_code: '404',
        response_status: 'client_error',
        response_exception: 'Not Found',
        x_request_id: 'r-1',
      });
      expect(JSON.stringify(found)).not.toContain('planted');
    }
  });

  it('answers 200 without a status (RFC 3875 6.3.3), and pairs by request id', () => {
    const begin = record(1, Uint8Array.from([0, 1, 1, 0, 0, 0, 0, 0]), 2);
    const found = rows([
      client(BEGIN, record(4, PARAMS), begin, record(4, pair('REQUEST_URI', '/b'), 2)),
      server(record(6, 'Content-Type: a/b\r\n\r\n', 2), record(3, new Uint8Array(8), 2)),
      server(record(3, Uint8Array.from([0, 0, 0, 0, 2, 0, 0, 0]))),
    ]);
    expect(found.map((row) => [row.request_resource, row.response_code, row.response_exception])).toEqual([
      ['/b', '200', ''],
      ['/cart/17?token=REDACTED', '', 'OVERLOADED'],
    ]);
  });

  it('is sure of the begin of a request', () => {
    expect(detect(BEGIN, 0, BEGIN.length, 0, BEGIN.length)).toBe(Verdict.sure);
    expect(detect(Buffer.alloc(16, 1), 0, 16, 0, 16)).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seed = [client(BEGIN, record(4, PARAMS), record(4, '')), server(record(6, 'Status: 500 X\r\n\r\n'), END)];
    expect(fuzzProtocol(fastcgi, [seed], 2000).heldAtEnd).toBe(0);
  });
});
