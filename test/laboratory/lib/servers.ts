import { execFileSync } from 'node:child_process';
import {
  freePorts,
  mariadbSetup,
  postgresqlSetup,
  rabbitmqSetup,
  type ServerSetup,
  startRedis,
  startSetup,
} from '@flowloom/testkit';

/** A server, where it is asked, and how it ends. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Servers that services keep their data in, each empty and without a password. */
export const servers = {
  redis: startRedis,
  postgresql: () =>
    start((port) => [postgresqlSetup({ port, password: 'app' }), `postgres://app@127.0.0.1:${port}/postgres`]),
  mariadb: () =>
    start((port) => {
      const init = "CREATE USER app@'%' IDENTIFIED BY '';\n";
      return [mariadbSetup({ port, init }), `mysql://app@127.0.0.1:${port}`];
    }),
  /** All messages to the exchange `lab` go to the queue `lab`. */
  rabbitmq: async () => {
    const [epmd, distribution] = (await freePorts(2)).map(String);
    const env = { ERL_EPMD_PORT: epmd, RABBITMQ_DIST_PORT: distribution };
    const vhost = '/';
    const definitions = {
      exchanges: [
        { name: 'lab', vhost, type: 'topic', durable: true, auto_delete: false, internal: false, arguments: {} },
      ],
      queues: [{ name: 'lab', vhost, durable: true, auto_delete: false, arguments: {} }],
      bindings: [
        { source: 'lab', vhost, destination: 'lab', destination_type: 'queue', routing_key: '#', arguments: {} },
      ],
    };
    const server = await start((port) => [
      rabbitmqSetup({ port, password: 'app', definitions, env }),
      `amqp://app:app@127.0.0.1:${port}`,
    ]);
    const stop = async () => {
      await server.stop();
      execFileSync('epmd', ['-port', epmd, '-kill'], { stdio: 'ignore' });
    };
    return { ...server, stop };
  },
} satisfies Record<string, () => Promise<Server>>;

async function start(setup: (port: number) => [ServerSetup, string]): Promise<Server> {
  const [port] = await freePorts(1);
  const [server, url] = setup(port);
  return { url, stop: (await startSetup(server)).kill };
}
