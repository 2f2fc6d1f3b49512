import { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { RedisConfig } from '../config/common.ts';
import type { HealthComponent } from '../health/health.ts';

export type RedisClient = Redis | Cluster;

export interface RedisOptions {
  readonly health: HealthComponent;
  readonly log: Logger;
}

const LONGEST_PAUSE_MS = 1_000;
const COMMAND_TIMEOUT_MS = 5_000;

/**
 * A client for the configured Redis, its Cluster where several nodes are named, or the master that Sentinels name;
 * undefined where none is. It returns
 * at once and connects, and connects again, in the background: while Redis is away commands fail soon, the health says
 * `degraded`, and the caller goes on with what it has.
 */
export function connectRedis(config: RedisConfig, { health, log }: RedisOptions): RedisClient | undefined {
  if (config.url.length === 0) return undefined;
  const retry = (attempt: number) => Math.min(100 * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS);
  const common = {
    enableOfflineQueue: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // What an address says itself goes first.
    ...(config.username && { username: config.username }),
    ...(config.password && { password: config.password }),
    // Of the nodes that a Cluster tells, ioredis knows only these options.
    ...(config.url[0].startsWith('rediss://') && { tls: {} }),
  };
  const single = { ...common, maxRetriesPerRequest: 1, retryStrategy: retry };
  let client: RedisClient;
  if (config.sentinelMaster)
    client = new Redis({ ...single, ...sentinelOptions(config), sentinelRetryStrategy: retry });
  else if (config.url.length === 1) client = new Redis(config.url[0], single);
  else {
    const retries = { clusterRetryStrategy: retry, enableOfflineQueue: false };
    client = new Cluster([...config.url], { redisOptions: common, ...retries });
  }
  let isAway = false;
  health.degraded('connecting');
  client.on('ready', () => {
    if (isAway) log.info('redis answers again');
    isAway = false;
    health.ok();
  });
  const away = (reason: string) => {
    if (!isAway) log.warn(`redis is away: ${reason}`);
    isAway = true;
    health.degraded(`redis is away since ${new Date().toISOString()}: ${reason}`);
  };
  client.on('error', (error: Error) => {
    if (client.status !== 'ready') away(error.message);
  });
  client.on('close', () => {
    if (client.status !== 'end' && !isAway) away('the connection was closed');
  });
  return client;
}

/** User, password and database of the address of a Sentinel are those of the Redis that it names. */
function sentinelOptions({ url, sentinelMaster }: RedisConfig) {
  const sentinels = url.map((text) => new URL(text));
  const { username, password, pathname, protocol } = sentinels[0];
  return {
    sentinels: sentinels.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 26_379) })),
    name: sentinelMaster,
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 && { db: Number(pathname.slice(1)) }),
    ...(protocol === 'rediss:' && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  };
}
