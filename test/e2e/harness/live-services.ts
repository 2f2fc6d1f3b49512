import type { Stage } from '../../live/stage.ts';
import { Flowloom } from './flowloom.ts';

const names = ['capturer', 'tagger', 'aggregator', 'tracer'] as const;
type ServiceName = (typeof names)[number];
const firstPort = 9470;

/** The four services over Kafka, on the server's host of a stage, where the broker is on the loopback. */
export class LiveServices {
  readonly #stage: Stage;
  readonly #brokers: string;
  readonly #services = new Map<ServiceName, Flowloom>();

  private constructor(stage: Stage, brokers: string) {
    this.#stage = stage;
    this.#brokers = brokers;
  }

  /** Resolves when all are ready. */
  static async start(stage: Stage, brokers: string): Promise<LiveServices> {
    const services = new LiveServices(stage, brokers);
    await Promise.all(names.map((name, i) => services.#start(name, firstPort + i)));
    return services;
  }

  async #start(name: ServiceName, port: number): Promise<void> {
    const env = {
      KAFKA_BROKERS: this.#brokers,
      FLOWLOOM_HTTP_HOST: '127.0.0.1',
      FLOWLOOM_HTTP_PORT: String(port),
      FLOWLOOM_TOPIC_PARTITIONS: '2',
      FLOWLOOM_SELF_TELEMETRY: 'false',
      FLOWLOOM_CAPTURER_EBPF: 'off', // the lists are those of the packets
      ...(name === 'tracer' && { FLOWLOOM_TRACER_SETTLE_MS: '1000' }),
    };
    // The far end of the client's wire bears the client's name.
    const flags = name === 'capturer' ? ['--interface', 'client'] : [];
    const service = new Flowloom([name, ...flags], { env, by: this.#stage.on('server') });
    this.#services.set(name, service);
    await this.#stage.answers('server', `http://127.0.0.1:${port}/readyz`);
  }

  /** Names of the topics that are there. */
  async topics(): Promise<string[]> {
    const { topics } = JSON.parse(await this.#kcat('-L', '-J')) as { topics: { topic: string }[] };
    return topics.map(({ topic }) => topic).filter((topic) => /^(flowloom\.|otlp_)/.test(topic));
  }

  /** All that is on a topic: key, headers and value of each record on lines of their own, bytes that are no UTF-8 replaced. */
  read(topic: string, format = '%k\\n%h\\n%s\\n'): Promise<string> {
    return this.#kcat('-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-f', format);
  }

  #kcat(...flags: string[]): Promise<string> {
    return this.#stage.manage(['kcat', '-b', this.#brokers, ...flags]);
  }

  /** Ends a service in order; the capturer gives out what still waits for its answer. Resolves to its exit code. */
  stop(name: ServiceName): Promise<number> {
    return this.#services.get(name)!.end('SIGTERM');
  }

  /** Ends those that still run, too. */
  async stopAll(): Promise<{ codes: number[]; said: string }> {
    const codes = await Promise.all(names.map((name) => this.stop(name)));
    return { codes, said: [...this.#services.values()].map(({ stdout, stderr }) => stdout + stderr).join('') };
  }
}
