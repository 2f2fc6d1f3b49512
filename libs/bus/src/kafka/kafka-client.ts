import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs';
import type { BrokerState } from './broker-state.ts';
import { registerZstd } from './compression.ts';
import type { KafkaBusOptions } from './kafka-options.ts';
import { mendReadCommitted } from './read-committed.ts';
import { silenceNegativeTimeouts } from './silence-warning.ts';

/** A transaction right behind another is refused for some milliseconds (CONCURRENT_TRANSACTIONS): ask again soon. */
export const transactionRetry = { initialRetryTime: 4, factor: 0.2, multiplier: 1.5, maxRetryTime: 500, retries: 30 };

/** Few attempts, soon over: the callers' deadlines decide how long a call goes on. */
export const requestRetry = { initialRetryTime: 20, factor: 0.2, multiplier: 2, maxRetryTime: 500, retries: 5 };

/** A consumer outlasts a broker that restarts: about a minute of attempts before it gives its partitions up. */
export const consumerRetry = { initialRetryTime: 50, factor: 0.2, multiplier: 2, maxRetryTime: 1000, retries: 60 };

/** The kafkajs client; its log is kept quiet but for broken connections, which the bus tells as one event. */
export function kafkaClient(options: KafkaBusOptions, brokers: BrokerState): Kafka {
  silenceNegativeTimeouts();
  registerZstd();
  mendReadCommitted();
  const { tls, sasl } = options;
  return new kafkajs.Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ssl: tls === true ? true : tls || undefined,
    sasl,
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    retry: requestRetry,
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: logCreator(brokers),
  } satisfies KafkaConfig);
}

function logCreator(brokers: BrokerState): KafkaConfig['logCreator'] {
  return () => (entry) => {
    if (entry.namespace === 'Connection') brokers.down(entry.log.message);
  };
}
