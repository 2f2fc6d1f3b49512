import { describe, expect, it } from 'vitest';
import { defaultPrivacy } from '../../options.ts';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect } from './detect.ts';
import { http1 } from './index.ts';

const client = (bytes: string): Turn => ({ direction: 0, bytes });
const server = (bytes: string): Turn => ({ direction: 1, bytes });
const rows = (turns: Turn[], options = {}) => play(turns, { protocols: [http1], options }).recorder.requests;
const short = (turns: Turn[]) =>
  rows(turns).map((row) => [row.request_type, row.request_resource, row.response_code, row.response_status]);
const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: shop.test\r\n${more}\r\n`;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('HTTP/1', () => {
  it('fills the record of a request', () => {
    const [row] = rows([
      client(get('/users/42?page=2&token=planted', 'User-Agent: curl/8\r\nX-Request-Id: r-1\r\n')),
      server('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nX-Request-Id: r-2\r\n\r\n'),
    ]);
    expect(row).toMatchObject({
      protocol: 'http',
      version: '1.1',
      request_type: 'GET',
      request_domain: 'shop.test',
      request_resource: '/users/42?page=2&token=REDACTED',
      endpoint: '/users/{id}',
      response_code: '404',
      response_status: 'client_error',
      response_exception: 'Not Found',
      x_request_id: 'r-1',
      x_request_id_response: 'r-2',
      attributes: { 'user_agent.original': 'curl/8' },
    });
  });

  it('pairs pipelined requests in order, each with its own sequence number', () => {
    const found = rows([client(get('/a') + get('/b')), server(OK + OK.replace('200 OK', '503 No'))]);
    expect(found.map((row) => [row.request_resource, row.response_code, row.req_tcp_seq])).toEqual([
      ['/a', '200', 1000],
      ['/b', '503', 1000 + get('/a').length],
    ]);
  });

  it('reads heads and chunks wherever segments end', () => {
    const request =
      'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nDigest: z\r\n\r\n';
    const response = 'HTTP/1.1 201 Created\r\nTransfer-Encoding: gzip, chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n';
    for (let at = 1; at < request.length; at++)
      expect(short([client(request.slice(0, at)), client(request.slice(at)), server(response)])).toEqual([
        ['POST', '/c', '201', 'ok'],
      ]);
    for (let at = 1; at < response.length; at++) {
      const [row] = rows([client(request), server(response.slice(0, at)), server(response.slice(at))]);
      expect([row.response_bytes, row.end_us]).toEqual([response.length, 3000]);
    }
  });

  it('knows which responses have no body (RFC 9112 6.3)', () => {
    const length = 'Content-Length: 100\r\n\r\n';
    expect(
      short([
        client(get('/h').replace('GET', 'HEAD')),
        server(`HTTP/1.1 200 OK\r\n${length}`),
        client(get('/304')),
        server(`HTTP/1.1 304 Not Modified\r\n${length}`),
        client(get('/100', 'Expect: 100-continue\r\n')),
        server('HTTP/1.1 100 Continue\r\n\r\n'),
        server(OK),
      ]),
    ).toEqual([
      ['HEAD', '/h', '200', 'ok'],
      ['GET', '/304', '304', 'ok'],
      ['GET', '/100', '200', 'ok'],
    ]);
  });

  it('reads a body without a length until the connection closes', () => {
    const [row] = rows([client(get('/')), server('HTTP/1.0 200 OK\r\n\r\nsome'), server('more')]);
    expect([row.response_bytes, row.end_us]).toEqual(['HTTP/1.0 200 OK\r\n\r\nsomemore'.length, 3000]);
  });

  it('reads folded field lines as one (RFC 9112 5.2)', () => {
    const [row] = rows([
      client(`${get('/', 'User-Agent: first\r\n second\r\n\tthird\r\nContent-Length:\r\n 3\r\n')}abc${get('/next')}`),
      server(OK + OK),
    ]);
    expect(row.attributes?.['user_agent.original']).toBe('first second third');
    expect(row.request_bytes).toBe(
      get('/', 'User-Agent: first\r\n second\r\n\tthird\r\nContent-Length:\r\n 3\r\n').length + 3,
    );
  });

  it('shows no header, credential or body that was not asked for', () => {
    const secrets =
      'Authorization: Basic planted\r\nCookie: s=planted\r\nX-Api-Key: planted\r\nReferer: /?planted\r\nX-Fold: a\r\n planted\r\n';
    const found = rows([
      client(get('http://user:planted@shop.test/p?password=planted&session=planted#planted', secrets)),
      server(
        'HTTP/1.1 302 Found\r\nLocation: /next?code=planted\r\nSet-Cookie: planted\r\nContent-Length: 7\r\n\r\nplanted',
      ),
    ]);
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('planted');
  });

  it('shows the headers on the list', () => {
    const options = { privacy: { ...defaultPrivacy, headers: new Set(['x-tenant', 'server']) } };
    const [row] = rows(
      [
        client(get('/', 'X-Tenant: blue\r\nX-Other: red\r\n')),
        server('HTTP/1.1 204 No Content\r\nServer: ours\r\n\r\n'),
      ],
      options,
    );
    expect(row.attributes).toEqual({ 'http.request.header.x-tenant': 'blue', 'http.response.header.server': 'ours' });
  });

  it('takes trace context from headers, traceparent first', () => {
    const [row] = rows([
      client(
        get(
          '/',
          'B3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1\r\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n',
        ),
      ),
      server(OK),
    ]);
    expect([row.trace_id, row.span_id]).toEqual(['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']);
  });

  it('knows start lines, and no other text', () => {
    const judge = (text: string) => detect(Buffer.from(text, 'latin1'), 0, text.length);
    expect(judge(get('/'))).toBe(Verdict.sure);
    expect(judge('HTTP/1.1 200 OK\r\n')).toBe(Verdict.sure);
    expect(judge('SIP/2.0 200 OK\r\n')).toBe(Verdict.no);
    expect(judge('OPTIONS sip:a@b SIP/2.0\r\n')).toBe(Verdict.no);
    expect(judge('EHLO there\r\n')).toBe(Verdict.no);
  });

  it('survives mutations, and heads without end', () => {
    const seed = [client(`${get('/a?b=c', 'Content-Length: 3\r\n')}abc`), server(OK), client(get('/b')), server(OK)];
    expect(fuzzProtocol(http1, [seed], 2000).heldAtEnd).toBe(0);
    const endless = Array.from({ length: 200 }, () => client(`X-A: ${'a'.repeat(1000)}\r\n`));
    const { engine } = play([client('GET / HTTP/1.1\r\n'), ...endless], { protocols: [http1], open: true });
    expect(engine.stats.heldBytes).toBeLessThanOrEqual(64 * 1024);
  });
});
