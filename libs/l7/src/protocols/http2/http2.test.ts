import { describe, expect, it } from 'vitest';
import { Verdict } from '../../protocol.ts';
import { fuzzProtocol, play, type Turn } from '../../testing/index.ts';
import { detect, PREFACE } from './detect.ts';
import { http2 } from './index.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const END_STREAM = 1;
const END_HEADERS = 4;

/** RFC 9113 4.1 */
function frame(type: number, flags: number, stream: number, payload: Uint8Array = hex('')): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}
/** Literals that are not added to the table (RFC 7541 6.2.2). */
const literal = (name: string, value: string) =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);
const block = (fields: Record<string, string>) =>
  Buffer.concat(Object.entries(fields).map(([name, value]) => literal(name, value)));
const headers = (stream: number, fields: Record<string, string>, flags = END_HEADERS) =>
  frame(1, flags, stream, block(fields));
const data = (stream: number, length: number, flags = 0) => frame(0, flags, stream, Buffer.alloc(length, 0x78));
const get = (path: string) => ({ ':method': 'GET', ':scheme': 'http', ':path': path, ':authority': 'shop.test' });
const client = (...bytes: (Uint8Array | string)[]): Turn => ({ direction: 0, bytes: join(bytes) });
const server = (...bytes: (Uint8Array | string)[]): Turn => ({ direction: 1, bytes: join(bytes) });
const join = (parts: (Uint8Array | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
const start = [client(PREFACE, frame(4, 0, 0, hex('0003 00000064'))), server(frame(4, 0, 0), frame(4, 1, 0))];
const rows = (turns: Turn[]) => play(turns, { protocols: [http2] }).recorder.requests;

describe('HTTP/2', () => {
  it('pairs responses that come out of order by their streams', () => {
    const [second, first] = rows([
      ...start,
      client(headers(1, get('/users/42?token=s3cret'), END_HEADERS | END_STREAM), headers(3, get('/b'), 5)),
      server(headers(3, { ':status': '404' }, 5), headers(1, { ':status': '200' }), data(1, 100)),
      server(data(1, 50, END_STREAM)),
    ]);
    expect(first).toMatchObject({
      protocol: 'http2',
      version: '2',
      request_type: 'GET',
      request_domain: 'shop.test',
      request_resource: '/users/42?token=REDACTED',
      endpoint: '/users/{id}',
      protocol_request_id: '1',
      response_code: '200',
      response_status: 'ok',
      start_us: 3000,
      end_us: 5000,
    });
    expect(second).toMatchObject({ request_resource: '/b', response_code: '404', response_status: 'client_error' });
  });

  it('reads padding, priority and CONTINUATION, wherever segments end', () => {
    const fields = block(get('/padded'));
    const first = Buffer.concat([hex('03 00000000 10'), fields.subarray(0, 20), hex('000000')]); // pad length, priority
    const request = join([frame(1, 0x28 | END_STREAM, 1, first), frame(9, END_HEADERS, 1, fields.subarray(20))]);
    for (let at = 1; at < request.length; at++) {
      const [row] = rows([...start, client(request.subarray(0, at)), client(request.subarray(at))]);
      expect(row.request_resource).toBe('/padded');
    }
  });

  it('takes interim responses for none, and trailers for the end', () => {
    const [row] = rows([
      ...start,
      client(headers(1, get('/'), 5)),
      server(headers(1, { ':status': '103' })),
      server(headers(1, { ':status': '200' }), data(1, 5)),
      server(headers(1, { 'x-checksum': 'abc' }, 5)),
    ]);
    expect([row.response_code, row.end_us - row.start_us]).toEqual(['200', 3000]);
  });

  it('reports what the server pushes', () => {
    const promise = Buffer.concat([hex('00000002'), block(get('/style.css'))]);
    const pushed = rows([
      ...start,
      client(headers(1, get('/'), 5)),
      server(
        frame(5, END_HEADERS, 1, promise),
        headers(1, { ':status': '200' }, 5),
        headers(2, { ':status': '200' }, 5),
      ),
    ]).find((row) => row.protocol_request_id === '2');
    expect(pushed).toMatchObject({ request_resource: '/style.css', response_code: '200', request_bytes: 0, client: 0 });
  });

  it('calls a request that is cancelled or refused by its error code', () => {
    const found = rows([
      ...start,
      client(headers(1, get('/a'), 5), headers(3, get('/b'), 5), frame(3, 0, 1, hex('00000008'))),
      server(frame(3, 0, 3, hex('00000007')), headers(1, { ':status': '200' }, 5)),
    ]);
    expect(found.map((row) => [row.request_resource, row.response_exception, row.response_status])).toEqual([
      ['/a', 'CANCEL', 'client_error'],
      ['/b', 'REFUSED_STREAM', 'server_error'],
    ]);
  });

  it('is picked up in the middle, with fields of its unknown table left out', () => {
    const indexed = frame(1, 5, 7, hex('82 86 c1 be')); // :path and :authority were sent before
    const [row] = rows([client(indexed), server(headers(7, { ':status': '500' }, 5))]);
    expect(row).toMatchObject({ request_type: 'GET', request_resource: '', response_code: '500' });
  });

  it('goes on behind a gap, without trust in its table', () => {
    const { recorder } = play([...start, client(headers(1, get('/a'), 5))], { protocols: [http2] });
    expect(recorder.requests).toHaveLength(1);
  });

  it('answers the request that asked for the upgrade', () => {
    const upgrade = 'GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n';
    const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
    const { requests } = play([
      client(upgrade),
      server(switching, frame(4, 0, 0, hex('0003 00000064'))),
      client(PREFACE, frame(4, 0, 0)),
      server(headers(1, { ':status': '204' }, 5)),
      client(headers(3, get('/next'), 5)),
      server(headers(3, { ':status': '200' }, 5)),
    ]).recorder;
    expect(requests.map((row) => [row.protocol, row.request_resource, row.response_code])).toEqual([
      ['http', '/up', '204'],
      ['http2', '/next', '200'],
    ]);
  });

  it('shows no header that is not asked for', () => {
    const secret = { ...get('/'), authorization: 'Bearer planted', cookie: 'id=planted', 'x-key': 'planted' };
    const found = rows([
      ...start,
      client(headers(1, secret, 5)),
      server(headers(1, { ':status': '200', 'set-cookie': 'planted' }, 5)),
    ]);
    expect(JSON.stringify(found, (key, value) => (key === 'session' ? undefined : value))).not.toContain('planted');
  });

  it('is sure of the preface and of settings, and of nothing else at once', () => {
    const judge = (bytes: Uint8Array) => detect(bytes, 0, bytes.length);
    expect(judge(Buffer.from(PREFACE))).toBe(Verdict.sure);
    expect(judge(frame(4, 0, 0, hex('0003 00000064')))).toBe(Verdict.sure);
    expect(judge(headers(1, get('/')).fill(0xff, 9))).toBe(Verdict.maybe);
    expect(judge(hex('00000010 00120003 00000001 0000'))).toBe(Verdict.no); // Kafka
    expect(judge(Buffer.from('POST / HTTP/1.1\r\n\r\n'))).toBe(Verdict.no);
  });

  it('survives mutations', () => {
    const seed = [...start, client(headers(1, get('/'), 5)), server(headers(1, { ':status': '200' }), data(1, 9, 1))];
    const report = fuzzProtocol(http2, [seed], 2000);
    expect(report.heldAtEnd).toBe(0);
  });
});

describe('gRPC', () => {
  const call = {
    ':method': 'POST',
    ':path': '/shop.Cart/Add',
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  };
  const ok = { ':status': '200', 'content-type': 'application/grpc' };
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('takes the status of a call from the trailers', () => {
    const [row] = rows([
      ...start,
      client(headers(1, { ...call, traceparent }), data(1, 20, END_STREAM)),
      server(headers(1, ok), data(1, 20), headers(1, { 'grpc-status': '5', 'grpc-message': 'no%20cart' }, 5)),
    ]);
    expect(row).toMatchObject({
      protocol: 'grpc',
      request_resource: '/shop.Cart/Add',
      endpoint: 'shop.Cart/Add',
      response_code: '5',
      response_status: 'client_error',
      response_exception: 'no cart',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
    });
  });

  it('takes it from the only head of a call that fails at once', () => {
    const [row] = rows([...start, client(headers(1, call)), server(headers(1, { ...ok, 'grpc-status': '14' }, 5))]);
    expect([row.response_code, row.response_status]).toEqual(['14', 'server_error']);
  });

  it('is known by its messages where the pick-up hides type and path, and the status in the trailers is unknown', () => {
    const message = (stream: number, text: string, flags = 0) =>
      frame(0, flags, stream, join([hex(`00 ${text.length.toString(16).padStart(8, '0')}`), text]));
    const asked = (stream: number) => frame(1, 4, stream, hex('83 86 c3 c2 c1 c0 bf'));
    const answered = (stream: number) => [
      frame(1, 4, stream, hex('88 c0')),
      message(stream, 'yes'),
      frame(1, 5, stream, hex('bf')),
    ];
    const found = rows([
      client(asked(7), message(7, 'apple', END_STREAM)),
      server(...answered(7)),
      client(asked(9), data(9, 3, END_STREAM)),
      server(frame(1, 4, 9, hex('88')), message(9, 'no'), headers(9, { 'grpc-status': '5' }, 5)),
    ]);
    expect(found.map((row) => [row.protocol, row.request_type, row.response_code, row.response_status])).toEqual([
      ['grpc', 'POST', '', 'unknown'],
      ['grpc', 'POST', '5', 'client_error'],
    ]);
    const other = rows([
      client(asked(7), data(7, 10, END_STREAM)),
      server(frame(1, 4, 7, hex('88 c0')), data(7, 9, END_STREAM)),
    ]);
    expect(other.map((row) => [row.protocol, row.response_code])).toEqual([['http2', '200']]);
  });

  it('counts a stream of messages as one call', () => {
    const [row, ...more] = rows([
      ...start,
      client(headers(1, call), data(1, 10)),
      server(headers(1, ok), data(1, 10)),
      client(data(1, 10)),
      server(data(1, 10)),
      client(data(1, 10, END_STREAM)),
      server(headers(1, { 'grpc-status': '0' }, 5)),
    ]);
    expect([row.response_status, row.end_us - row.start_us, more.length]).toEqual(['ok', 5000, 0]);
  });
});
