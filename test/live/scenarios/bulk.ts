import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExpectedRequest, Scenario } from '../scenario.ts';
import { serveNginx } from './nginx.ts';

const ports = { http: 8082, http2: 8083, redis: 6380 };
const MEGABYTE = 1 << 20;

const request = (
  protocol: string,
  request_type: string,
  request_resource: string,
  more: ExpectedRequest,
): ExpectedRequest => ({
  protocol,
  request_type,
  request_resource,
  response_status: 'ok',
  ...more,
});

/** Messages of megabytes, which nobody keeps: what comes behind them on the connection is found again. */
export const bulk: Scenario = {
  name: 'bulk',
  about: 'nginx 1.22 and curl 7.88; Redis 7.0 and redis-cli: large bodies and values',
  needs: ['root', 'ip', 'nginx', 'curl', 'redis-server', 'redis-cli'],
  ports: Object.values(ports),
  secrets: [],
  liveOnly: true,
  serve: async (stage) => {
    const server = 'client_max_body_size 0; location /file { alias file; } location /up { return 204; }';
    const file = async (folder: string) => writeFileSync(join(folder, 'file'), Buffer.alloc(5 * MEGABYTE, 'x'));
    await Promise.all([
      serveNginx(stage, ports.http, String(ports.http), server, file),
      serveNginx(stage, ports.http2, `${ports.http2} http2`, server, file),
      stage.serve({
        name: 'redis-bulk',
        port: ports.redis,
        command: [
          'redis-server',
          '--port',
          String(ports.redis),
          '--bind',
          '0.0.0.0',
          '--protected-mode',
          'no',
          '--save',
          '',
        ],
      }),
    ]);
  },
  drive: async (stage) => {
    const http = `http://${stage.serverAddress}:${ports.http}`;
    const http2 = `http://${stage.serverAddress}:${ports.http2}`;
    const page = stage.file('page', 'y'.repeat(3 * MEGABYTE));
    const flags = ['-sS', '-o', '/dev/null', '-w', '%{size_header} %{size_download}\\n'];
    const said = await stage.run([
      ...['curl', ...flags, `${http}/file`],
      ...['--next', ...flags, '-H', 'Expect:', '-T', page, `${http}/up`],
      ...['--next', ...flags, `${http}/file`],
    ]);
    const sizes = said
      .trim()
      .split('\n')
      .map((line) => line.split(' ').reduce((sum, part) => sum + Number(part), 0));
    await stage.run(['curl', ...flags, '--http2-prior-knowledge', `${http2}/file`]);
    const redis = (args: string[], input?: string) =>
      stage.run(['redis-cli', '-h', stage.serverAddress, '-p', String(ports.redis), ...args], { input });
    await redis(['-x', 'SET', 'page'], 'z'.repeat(2 * MEGABYTE));
    await redis(['GET', 'page']);
    await redis(['RPUSH', 'list', ...Array.from({ length: 10_000 }, (_, i) => `member ${i}`)]);
    await redis(['LRANGE', 'list', '0', '-1']);
    return [
      request('http', 'GET', '/file', { response_code: '200', response_bytes: sizes[0] }),
      request('http', 'PUT', '/up', { response_code: '204', response_bytes: sizes[1] }),
      request('http', 'GET', '/file', { response_code: '200', response_bytes: sizes[2] }),
      request('http2', 'GET', '/file', { response_code: '200', protocol_request_id: '1' }),
      request('redis', 'SET', 'SET page ?', {}),
      request('redis', 'GET', 'GET page', {}),
      request('redis', 'RPUSH', 'RPUSH list ? ...', {}),
      request('redis', 'LRANGE', 'LRANGE list ? ?', { rows_affected: 10_000 }),
    ];
  },
};
