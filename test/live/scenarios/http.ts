import type { ExpectedRequest, Scenario } from '../scenario.ts';
import { serveNginx } from './nginx.ts';

const host = 'shop.example';
const backend = 8000;
const PIPELINED = 20;

/** The backend behind nginx stays on the server's loopback: it answers what nginx alone cannot. */
const server = `
  server_name ${host};
  location /books/ { default_type text/plain; return 200 "a book\\n"; }
  location = /old { return 301 http://${host}/books/1?token=s3cr3t-location; }
  location /orders { proxy_pass http://127.0.0.1:${backend}; }
  location /broken { proxy_pass http://127.0.0.1:9; }
  location /private { auth_basic private; auth_basic_user_file passwords; default_type text/plain; alias nginx.conf; }
  location /list { gzip on; gzip_min_length 1; gzip_types text/plain; default_type text/plain; alias nginx.conf; }
  location /gone { return 204; }
}
server {
  listen 127.0.0.1:${backend};
  add_header Set-Cookie "session=s3cr3t-http-set-cookie" always;
  default_type application/json;
  location / { client_body_in_single_buffer on; return 201 '{"token":"s3cr3t-http-answer"}'; }
`;

const request = (
  request_type: string,
  request_resource: string,
  response_code: string,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'http',
  version: '1.1',
  request_type,
  request_domain: host,
  request_resource,
  endpoint: request_resource.replace(/\?.*/, ''),
  response_code,
  response_status: response_code < '400' ? 'ok' : response_code < '500' ? 'client_error' : 'server_error',
  ...more,
});

/** HTTP/1.1 and 1.0 with everything that frames a message: lengths, chunks, no body, an interim response. */
export const http: Scenario = {
  name: 'http',
  about: 'nginx 1.22, curl 7.88 and h2load 1.52 (pipelined)',
  needs: ['root', 'ip', 'nginx', 'curl', 'h2load'],
  ports: [80],
  secrets: [
    's3cr3t-http-query',
    's3cr3t-http-body',
    's3cr3t-http-cookie',
    's3cr3t-http-api-key',
    's3cr3t-http-bearer',
    's3cr3t-http-set-cookie',
    's3cr3t-http-answer',
    's3cr3t-location',
    Buffer.from('admin:s3cr3t-http-basic').toString('base64'),
    Buffer.from('admin:s3cr3t-http-wrong').toString('base64'),
  ],
  serve: async (stage) => {
    await serveNginx(stage, 80, '80', server);
  },
  drive: async (stage) => {
    const url = (path: string) => `http://${host}${path}`;
    /** Each list of flags is one request of a connection. What curl says of the responses' sizes is kept. */
    const curl = async (...requests: string[][]) => {
      const said = await stage.run([
        'curl',
        '-sS',
        ...requests.flatMap((flags, i) => [
          ...(i ? ['--next', '-sS'] : []),
          ...[
            '--connect-to',
            `${host}:80:${stage.serverAddress}:80`,
            '-o',
            '/dev/null',
            '-w',
            '%{size_header} %{size_download}\\n',
          ],
          ...flags,
        ]),
      ]);
      for (const line of said.trim().split('\n'))
        sizes.push(line.split(' ').reduce((sum, part) => sum + Number(part), 0));
    };
    const sizes: number[] = [];
    const body = '{"password":"s3cr3t-http-body"}';
    // One connection, kept alive.
    await curl(
      [url('/books/17?page=2&token=s3cr3t-http-query')],
      ['-I', url('/books/17')],
      ['-H', 'Cookie: session=s3cr3t-http-cookie', '-H', 'X-Api-Key: s3cr3t-http-api-key', url('/nothing')],
      ['-H', 'Authorization: Bearer s3cr3t-http-bearer', url('/old')],
      ['-X', 'DELETE', url('/gone')],
      ['-H', 'Content-Type: application/json', '-d', body, url('/orders')],
      ['-H', 'Expect: 100-continue', '-d', body, url('/orders')],
      ['-H', 'Transfer-Encoding: chunked', '-d', body, url('/orders')],
      ['--compressed', url('/list')],
      ['-r', '10-19', url('/list')],
      [url('/broken')],
      ['-u', 'admin:s3cr3t-http-basic', url('/private')],
      ['-u', 'admin:s3cr3t-http-wrong', url('/private')],
      [
        '-H',
        'X-Request-ID: 3f1c',
        '-H',
        'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        url('/books/18'),
      ],
    );
    await curl(['-0', url('/books/19')]);
    await curl(['-H', 'Connection: close', url('/list')]);
    // Twenty requests in one segment.
    const server = `http://${stage.serverAddress}`;
    await stage.run([
      'h2load',
      '--h1',
      '-n',
      String(PIPELINED),
      '-m',
      String(PIPELINED),
      '-c',
      '1',
      `${server}/books/20`,
    ]);
    const pipelined = request('GET', '/books/20', '200', {
      endpoint: '/books/{id}',
      request_domain: stage.serverAddress,
    });
    const requests = [
      request('GET', '/books/17?page=2&token=REDACTED', '200', { endpoint: '/books/{id}' }),
      request('HEAD', '/books/17', '200', { endpoint: '/books/{id}' }),
      request('GET', '/nothing', '404', { response_exception: 'Not Found' }),
      request('GET', '/old', '301', { response_result: `http://${host}/books/1` }),
      request('DELETE', '/gone', '204'),
      request('POST', '/orders', '201'),
      request('POST', '/orders', '201'),
      request('POST', '/orders', '201'),
      request('GET', '/list', '200'),
      request('GET', '/list', '206'),
      request('GET', '/broken', '502', { response_exception: 'Bad Gateway' }),
      request('GET', '/private', '200'),
      request('GET', '/private', '401', { response_exception: 'Unauthorized' }),
      request('GET', '/books/18', '200', {
        endpoint: '/books/{id}',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        span_id: 'b7ad6b7169203331',
        x_request_id: '3f1c',
      }),
      request('GET', '/books/19', '200', { endpoint: '/books/{id}', version: '1.0' }),
      request('GET', '/list', '200'),
    ];
    // curl counts the interim response too, and of chunks what is in them.
    sizes[6] -= 'HTTP/1.1 100 Continue\r\n\r\n'.length;
    const isChunked = ({ request_resource, response_code }: ExpectedRequest) =>
      request_resource === '/list' && response_code === '200';
    return [
      ...requests.map((each, i) => (isChunked(each) ? each : { ...each, response_bytes: sizes[i] })),
      ...Array.from({ length: PIPELINED }, () => pipelined),
    ];
  },
};
