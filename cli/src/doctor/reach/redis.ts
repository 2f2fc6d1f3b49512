import { createLogger, processConfig, type RedisConfig } from '@flowloom/service-kit';
import { connectRedis, type RedisClient } from '@flowloom/service-kit/redis';
import { type Check, type Finding, lacking, ok, skipped } from '../check.ts';

/** Rows of two hosts are compared by their times: within a second of each other nothing is mistaken. */
const maxSkewMs = 1000;
const answerTimeoutMs = 5000;
const processDefaults = processConfig.schema.parse({});

/** Redis answers to this login; and its clock agrees with ours. */
export function redisChecks(config: RedisConfig): Check[] {
  return [
    { name: 'redis', group: 'reach', run: () => redis(config) },
    { name: 'clock', group: 'reach', run: () => clock(config) },
  ];
}

async function redis(config: RedisConfig): Promise<Finding> {
  if (config.url.length === 0) return skipped('REDIS_URL is not set: resources and links are in memory');
  return withRedis(config, async (client) => {
    await client.ping();
    return ok(config.url.map(withoutPassword).join(', '));
  }).catch((error: Error) =>
    lacking(
      error.message,
      'see that REDIS_URL can be reached from here, its password, and rediss:// where it speaks TLS',
    ),
  );
}

async function clock(config: RedisConfig): Promise<Finding> {
  if (config.url.length === 0) return skipped('no REDIS_URL, whose clock could be compared');
  return withRedis(config, async (client) => {
    const sentMs = Date.now();
    const [seconds, microseconds] = (await client.time()) as unknown as [string, string];
    const halfwayMs = (sentMs + Date.now()) / 2;
    const skewMs = Math.round(halfwayMs - (Number(seconds) * 1000 + Number(microseconds) / 1000));
    if (Math.abs(skewMs) <= maxSkewMs) return ok(`${skewMs} ms from that of Redis`);
    return lacking(
      `${skewMs} ms from that of Redis: minutes and traces are torn apart`,
      'let NTP (chrony) set both clocks',
    );
  }).catch(() => skipped('Redis does not answer'));
}

async function withRedis<T>(config: RedisConfig, use: (client: RedisClient) => Promise<T>): Promise<T> {
  const health = { ok: () => {}, degraded: () => {}, down: () => {} };
  const client = connectRedis(config, { health, log: createLogger({ ...processDefaults, logLevel: 'silent' }) })!;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  client.once('ready', resolve);
  client.on('error', (error: Error & { lastNodeError?: Error }) => reject(error.lastNodeError ?? error));
  const timer = setTimeout(() => reject(new Error(`no answer within ${answerTimeoutMs} ms`)), answerTimeoutMs);
  try {
    await ready;
    return await use(client);
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//');
}
