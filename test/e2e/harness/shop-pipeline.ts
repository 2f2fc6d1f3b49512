import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePorts, KafkaBroker, type RedisServer, startRedis } from '@flowloom/testkit';
import { DemoApplication } from '../../../cli/src/demo/application.ts';
import { Flowloom } from './flowloom.ts';

export const inventory = fileURLToPath(new URL('../../../cli/demo/inventory.yaml', import.meta.url));

/** Link between the machine, where Kafka is, and the node of the book shop, where the capturer is. */
const uplink = { device: 'flowloom-e2e', machine: '10.77.1.1', node: '10.77.1.2' };

/** What they need: see `missing` of the testkit. */
export const needs = ['root', 'ip', 'ss', 'java', 'kcat', 'redis-server', 'nginx', 'python3'] as const;

export type ServiceName = 'capturer' | 'tagger' | 'aggregator' | 'tracer';

/** The demo's book shop, a real Kafka and a real Redis, and the four services as four processes. */
export class ShopPipeline {
  readonly shop = new DemoApplication();
  readonly kafka: KafkaBroker;
  readonly redis: RedisServer;
  readonly #env: NodeJS.ProcessEnv;
  readonly #services = new Map<ServiceName, Flowloom>();
  readonly #urls = new Map<ServiceName, string>();

  private constructor(kafka: KafkaBroker, redis: RedisServer, env: NodeJS.ProcessEnv) {
    this.kafka = kafka;
    this.redis = redis;
    this.#env = env;
  }

  /** Resolves when all are ready. `env` goes to every service; `prepare` is called once the shop runs, before anybody sees it. */
  static async start(env: NodeJS.ProcessEnv = {}, prepare?: (shop: DemoApplication) => void): Promise<ShopPipeline> {
    removeUplink();
    ip(`link add ${uplink.device} type veth peer name uplink`);
    ip(`addr add ${uplink.machine}/24 dev ${uplink.device}`);
    ip(`link set ${uplink.device} up`);
    const [kafka, redis] = await Promise.all([KafkaBroker.start({ host: uplink.machine }), startRedis()]);
    const pipeline = new ShopPipeline(kafka, redis, env);
    try {
      await pipeline.#startAll(prepare);
    } catch (error) {
      await pipeline.close();
      throw error;
    }
    return pipeline;
  }

  async #startAll(prepare?: (shop: DemoApplication) => void): Promise<void> {
    await this.shop.start();
    prepare?.(this.shop);
    ip(`link set uplink netns ${this.shop.node}`);
    ip(`-n ${this.shop.node} addr add ${uplink.node}/24 dev uplink`);
    ip(`-n ${this.shop.node} link set uplink up`);
    await Promise.all((['tagger', 'aggregator', 'tracer'] as const).map((name) => this.startService(name)));
    await this.startService('capturer');
  }

  /** Starts a service that does not run; resolves when it is ready. */
  async startService(name: ServiceName): Promise<void> {
    const onNode = name === 'capturer';
    const [port] = await freePorts(1);
    const env = {
      KAFKA_BROKERS: this.kafka.address,
      REDIS_URL: onNode ? '' : this.redis.url,
      FLOWLOOM_HTTP_PORT: String(port),
      FLOWLOOM_TOPIC_PARTITIONS: '4',
      FLOWLOOM_TAGGER_INVENTORY_FILE: inventory,
      FLOWLOOM_AGGREGATOR_LATENESS_MS: '2000',
      FLOWLOOM_AGGREGATOR_IDLE_MS: '3000',
      FLOWLOOM_AGGREGATOR_METRICS_INTERVAL_MS: '1000',
      FLOWLOOM_SELF_TELEMETRY: 'false',
      FLOWLOOM_CAPTURER_EBPF: 'off', // what is counted here are packets
      FLOWLOOM_CAPTURER_EBPF_NAMESPACES: this.shop.namespaces.join(','),
      ...this.#env,
    };
    const args = onNode ? [name, '--interface', ...this.shop.interfaces] : [name];
    const by = onNode ? ['ip', 'netns', 'exec', this.shop.node] : [];
    const service = new Flowloom(args, { env, by });
    this.#services.set(name, service);
    const url = `http://${onNode ? uplink.node : '127.0.0.1'}:${port}`;
    this.#urls.set(name, url);
    await service.ready(`${url}/readyz`);
  }

  /** A page of a service that runs. */
  async page(name: ServiceName, path: string): Promise<string> {
    return (await fetch(`${this.#urls.get(name)}${path}`)).text();
  }

  service(name: ServiceName): Flowloom {
    return this.#services.get(name)!;
  }

  /** Exit codes of the services after an orderly stop, upstream first, so that nothing is left on the way. */
  async stopServices(): Promise<Record<string, number>> {
    const codes: Record<string, number> = {};
    for (const name of ['capturer', 'tagger', 'aggregator', 'tracer'] as const) {
      codes[name] = await this.service(name).end('SIGTERM');
    }
    return codes;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.end('SIGKILL')));
    this.shop.stop();
    await Promise.all([this.kafka.remove(), this.redis.kill()]);
    removeUplink();
  }
}

function removeUplink(): void {
  try {
    ip(`link del ${uplink.device}`);
  } catch {
    // There is none.
  }
}

function ip(command: string): void {
  execFileSync('ip', command.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] });
}
