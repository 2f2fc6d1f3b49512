import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, connect as dial } from 'node:net';
import { describe, expect, it } from 'vitest';
import { play, type Turn } from '../../testing/index.ts';
import { http2 } from './index.ts';

/** Records what nghttp2, which Node brings, sends both ways for these paths, one after the other. */
async function record(paths: readonly string[]): Promise<Turn[]> {
  const turns: Turn[] = [];
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'text/plain', 'x-served-by': 'node' });
    response.end('body of the answer');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = createTcpServer((client) => {
    const upstream = dial((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('data', (bytes) => turns.push({ direction: 0, bytes: Uint8Array.from(bytes as Buffer) }));
    upstream.on('data', (bytes) => turns.push({ direction: 1, bytes: Uint8Array.from(bytes as Buffer) }));
    client.pipe(upstream).pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const session = connect(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  for (const path of paths) await get(session, path);
  session.close();
  await once(session, 'close');
  proxy.close();
  server.close();
  return turns;
}

async function get(session: ClientHttp2Session, path: string): Promise<void> {
  const stream = session.request({ ':path': path, 'user-agent': 'recorder', authorization: 'Bearer planted' });
  stream.resume();
  await once(stream, 'end');
}

describe('HTTP/2 as nghttp2 speaks it', async () => {
  const paths = Array.from({ length: 30 }, (_, i) => (i % 7 === 3 ? '/missing' : `/items/${i}`));
  const turns = await record(paths);
  const how = { protocols: [http2] };

  it('is read whole', () => {
    const rows = play(turns, how).recorder.requests;
    expect(rows.map((row) => row.request_resource)).toEqual(paths);
    expect(rows.map((row) => row.response_code)).toEqual(paths.map((path) => (path === '/missing' ? '404' : '200')));
    expect(JSON.stringify(rows)).not.toContain('planted');
  });

  it('is picked up anywhere, with nothing wrong in what is then known', () => {
    for (let from = 2; from < turns.length - 8; from += 3) {
      const rows = play(turns.slice(from), how).recorder.requests.filter((row) => row.has_request && row.has_response);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        const asked = paths[(Number(row.protocol_request_id) - 1) / 2];
        expect([asked, '']).toContain(row.request_resource);
        expect([asked === '/missing' ? '404' : '200', '']).toContain(row.response_code);
      }
    }
  });
});
