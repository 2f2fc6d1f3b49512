import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts, isListening } from './ports.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { serverFolder, startServer } from './server.ts';

const run = promisify(execFile);

export interface RedisCluster {
  readonly urls: readonly string[];
  readonly nodes: readonly RedisServer[];
  stop(): Promise<void>;
}

/** A Redis Cluster of three masters without replicas, which have shared out all slots. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const flags = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all((await freeClusterPorts(3)).map((port) => startRedis({ port, flags })));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes']);
  for (const { port } of nodes) await untilInfo(port, 'cluster info', 'cluster_state:ok');
  return {
    urls: nodes.map(({ url }) => url),
    nodes,
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

export interface RedisSentinel {
  /** Of the Sentinel. */
  readonly url: string;
  readonly masterName: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  stop(): Promise<void>;
}

/** A master with a replica, and a Sentinel that makes the replica master soon after the master has died. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const master = await startRedis();
  const replica = await startRedis({ flags: ['--replicaof', '127.0.0.1', String(master.port)] });
  await untilInfo(replica.port, 'info replication', 'master_link_status:up');
  const [port] = await freePorts(1);
  const folder = serverFolder('sentinel');
  const masterName = 'flowloom';
  const of = (setting: string, value: string | number) => `sentinel ${setting} ${masterName} ${value}`;
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${masterName} 127.0.0.1 ${master.port} 1`,
    of('down-after-milliseconds', 500),
    of('failover-timeout', 5000),
  ];
  writeFileSync(join(folder, 'sentinel.conf'), `${settings.join('\n')}\n`);
  const sentinel = await startServer({
    name: 'sentinel',
    command: ['redis-server', 'sentinel.conf', '--sentinel'],
    folder,
    ready: () => isListening(port),
  });
  await untilInfo(port, 'info sentinel', 'slaves=1');
  const all = [sentinel, replica, master];
  const stop = async () => void (await Promise.all(all.map((server) => server.stop())));
  return { url: `redis://127.0.0.1:${port}`, masterName, master, replica, stop };
}

/** The nodes of a cluster talk at their port plus 10,000. */
async function freeClusterPorts(count: number): Promise<number[]> {
  for (;;) {
    const ports = (await freePorts(4 * count)).filter((port) => port < 55_000).slice(0, count);
    if (ports.length === count) return ports;
  }
}

/** Until the answer to a command holds the text. */
async function untilInfo(port: number, command: string, text: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { stdout } = await run('redis-cli', ['-p', String(port), ...command.split(' ')]);
    if (stdout.includes(text)) return;
    if (tries > 200) throw new Error(`redis on ${port}, ${command}: no ${text} in ${stdout}`);
    await sleep(50);
  }
}
