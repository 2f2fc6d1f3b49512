import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A real Redis of a test's own, that can be killed and started again on its port. Nothing is written to disk. */
export class RedisServer {
  readonly port: number;
  readonly client: Redis;
  #process: ChildProcess;

  private constructor(port: number) {
    this.port = port;
    this.#process = spawnRedis(port);
    this.client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: 1 });
    this.client.on('error', () => {});
  }

  static async start(): Promise<RedisServer> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const server = new RedisServer(port);
    await server.ready();
    return server;
  }

  async ready(): Promise<void> {
    // Not events.once: it gives up at the first refused connection.
    if (this.client.status !== 'ready') await new Promise<void>((resolve) => this.client.once('ready', resolve));
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  async startAgain(): Promise<void> {
    this.#process = spawnRedis(this.port);
    await this.ready();
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.kill();
  }
}

function spawnRedis(port: number): ChildProcess {
  return spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
}
