import { freePorts, isListening } from './ports.ts';
import { startServer, type TestServer } from './server.ts';

export interface RedisServer extends TestServer {
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
}

/** An empty Redis without persistence. With `port` on that one: what was killed comes back where it was. */
export async function startRedis(options: { readonly port?: number } = {}): Promise<RedisServer> {
  const port = options.port ?? (await freePorts(1))[0];
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = await startServer({
    name: 'redis',
    command: ['redis-server', ...flags],
    ready: () => isListening(port),
  });
  return { ...server, port, url: `redis://127.0.0.1:${port}` };
}
