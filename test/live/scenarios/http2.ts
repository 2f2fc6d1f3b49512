import { fileURLToPath } from 'node:url';
import type { ExpectedRequest, Scenario } from '../scenario.ts';
import { serveNginx } from './nginx.ts';

const host = 'shop.example';
const port = 8081;
const client = fileURLToPath(new URL('../clients/http2.ts', import.meta.url));
const basic = Buffer.from('admin:s3cr3t-http2-basic').toString('base64');
const server = `
  location /books/ { default_type text/plain; return 200 "a book\\n"; }
  location = /old { return 302 /books/1; }
  location /list { default_type text/plain; alias nginx.conf; }
  location /gone { return 204; }
  location /broken { proxy_pass http://127.0.0.1:9; }
`;

const request = (
  stream: number | undefined,
  request_type: string,
  request_resource: string,
  response_code: string,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'http2',
  version: '2',
  request_type,
  request_domain: `${host}:${port}`,
  request_resource,
  endpoint: request_resource.replace(/\?.*/, ''),
  response_code,
  response_status: response_code < '400' ? 'ok' : response_code < '500' ? 'client_error' : 'server_error',
  ...(stream && { protocol_request_id: String(stream) }),
  ...more,
});

/** HTTP/2 with prior knowledge: one request after another on a connection by Node, then many at once by nghttp. */
export const http2: Scenario = {
  name: 'http2',
  about: 'nginx 1.22; Node 24, curl 7.88 and nghttp 1.52',
  needs: ['root', 'ip', 'nginx', 'curl', 'nghttp'],
  ports: [port],
  secrets: ['s3cr3t-http2-body'],
  packedSecrets: ['s3cr3t-http2-query', 's3cr3t-http2-cookie', basic],
  serve: async (stage) => {
    await serveNginx(stage, port, `${port} http2`, server);
  },
  drive: async (stage) => {
    const server = `${stage.serverAddress}:${port}`;
    const get = (path: string, headers: object = {}) => ({
      headers: { ':path': path, ':authority': `${host}:${port}`, ...headers },
    });
    const requests = [
      get('/books/17?page=2&token=s3cr3t-http2-query'),
      get('/books/17', { ':method': 'HEAD' }),
      get('/nothing', { cookie: 'session=s3cr3t-http2-cookie' }),
      { ...get('/gone', { ':method': 'POST' }), body: 'password=s3cr3t-http2-body' },
      get('/broken', { authorization: `Basic ${basic}`, 'x-request-id': '77' }),
      get('/old', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
      get('/list'),
    ];
    await stage.run([process.execPath, client, `http://${server}`, JSON.stringify(requests)]);
    const curl = ['curl', '-sS', '--http2-prior-knowledge', '-o', '/dev/null'];
    await stage.run([...curl, `http://${server}/list`]);
    const numbers = [31, 32, 33, 34, 35, 36, 37, 38];
    const many = numbers.map((n) => `http://${server}/books/${n}`);
    await stage.run(['nghttp', '-n', ...many]);
    return [
      request(1, 'GET', '/books/17?page=2&token=REDACTED', '200', { endpoint: '/books/{id}' }),
      request(3, 'HEAD', '/books/17', '200', { endpoint: '/books/{id}' }),
      request(5, 'GET', '/nothing', '404'),
      request(7, 'POST', '/gone', '204'),
      request(9, 'GET', '/broken', '502', { x_request_id: '77' }),
      request(11, 'GET', '/old', '302', { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }),
      request(13, 'GET', '/list', '200'),
      request(1, 'GET', '/list', '200', { request_domain: server }),
      ...numbers.map((n) =>
        request(undefined, 'GET', `/books/${n}`, '200', { endpoint: '/books/{id}', request_domain: server }),
      ),
    ];
  },
};
