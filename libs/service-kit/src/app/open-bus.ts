import type { Bus, BusEventListener } from '@flowloom/bus';
import type { BusConfig } from '../config/common.ts';
import { kafkaTls } from './kafka-tls.ts';

export interface OpenBusOptions {
  /** What brokers log this process as. */
  readonly clientId: string;
  readonly onEvent: BusEventListener;
}

export type OpenBus = (config: BusConfig, options: OpenBusOptions) => Bus | Promise<Bus>;

/** Kafka where brokers are configured, else the embedded bus; only what is used is loaded. Connects on first use. */
export const openBus: OpenBus = async (config, { clientId, onEvent }) => {
  if (config.brokers.length === 0) {
    const { EmbeddedBus } = await import('@flowloom/bus/embedded');
    return new EmbeddedBus({ onEvent });
  }
  const { KafkaBus } = await import('@flowloom/bus/kafka');
  return new KafkaBus({
    brokers: config.brokers,
    clientId,
    tls: kafkaTls(config),
    sasl: saslOf(config),
    compression: config.kafkaCompression,
    connectTimeoutMs: config.kafkaConnectTimeoutMs,
    onEvent,
  });
};

function saslOf({
  kafkaSaslMechanism: mechanism,
  kafkaSaslUsername: username,
  kafkaSaslPassword: password,
}: BusConfig) {
  return mechanism === 'none' ? undefined : { mechanism, username, password };
}
