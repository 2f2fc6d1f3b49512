import { ExitCode, Failure } from '../failure.ts';
import { HttpLogSource } from './http-log-source.ts';
import type { LogSource } from './log-source.ts';

export interface OpenLogSource {
  readonly source: LogSource;
  close(): Promise<void>;
}

/** Kafka where brokers are configured, else a `flowloom run` at this address. */
export async function openLogSource(url: string): Promise<OpenLogSource> {
  if (!process.env.KAFKA_BROKERS) return { source: new HttpLogSource(url), close: async () => {} };
  const [{ openBus }, { busConfig, ConfigError, loadConfig }, { topicName, topics }, { BusLogSource }] =
    await Promise.all([
      import('@flowloom/service-kit'),
      import('@flowloom/service-kit/config'),
      import('@flowloom/records'),
      import('./bus-log-source.ts'),
    ]);
  try {
    const brokerEnv = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !name.startsWith('FLOWLOOM_') || busConfig.keys.some(({ env }) => env === name),
      ),
    );
    const config = loadConfig([busConfig], { env: brokerEnv }).of(busConfig);
    const bus = await openBus(config, { clientId: 'flowloom-observe', onEvent: () => {} });
    const names = [topics.flowLogs, topics.requestLogs].map((topic) => topicName(topic, config.topicPrefix));
    return { source: new BusLogSource(bus, names), close: () => bus.close() };
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(error.problems.join('\n'), ExitCode.usage);
    throw error;
  }
}
