import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from './certificates.ts';
import { freePorts, isListening } from './ports.ts';
import { serverFolder, startServer, type TestServer } from './server.ts';

export interface RedisServer extends TestServer {
  /** `redis://127.0.0.1:port`, or `rediss:` with TLS. */
  readonly url: string;
  readonly port: number;
}

export interface RedisOptions {
  /** What was killed comes back where it was. */
  readonly port?: number;
  /** Default: none is asked for. */
  readonly password?: string;
  /** TLS with these, instead of the clear. */
  readonly certificates?: Certificates;
  /** Further ones of redis-server. */
  readonly flags?: readonly string[];
}

/** An empty Redis without persistence. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { port = (await freePorts(1))[0], password, certificates, flags: more = [] } = options;
  const folder = serverFolder('redis');
  const flags = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...more];
  if (password) flags.push('--requirepass', password);
  if (certificates) {
    writeFileSync(join(folder, 'server.crt'), certificates.certificate);
    writeFileSync(join(folder, 'server.key'), certificates.key);
    const tls = ['--tls-cert-file', 'server.crt', '--tls-key-file', 'server.key', '--tls-auth-clients', 'no'];
    flags.push('--port', '0', '--tls-port', String(port), ...tls);
  } else flags.push('--port', String(port));
  const server = await startServer({
    name: 'redis',
    folder,
    command: ['redis-server', ...flags],
    ready: () => isListening(port),
  });
  return { ...server, port, url: `${certificates ? 'rediss' : 'redis'}://127.0.0.1:${port}` };
}
