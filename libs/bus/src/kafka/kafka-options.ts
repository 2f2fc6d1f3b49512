import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';
import type { Clock } from '../clock.ts';
import type { BusEventListener } from '../port.ts';

export type KafkaCompression = 'none' | 'gzip' | 'zstd';

export interface KafkaBusOptions {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** What brokers log this client as. */
  readonly clientId: string;
  readonly tls?: boolean | ConnectionOptions;
  readonly sasl?: SASLOptions;
  readonly compression?: KafkaCompression;
  /** How long the first calls wait for a broker before they throw BROKER_UNREACHABLE. Default 30,000. */
  readonly connectTimeoutMs?: number;
  /** How long `send` and `commit` try before they throw. Default 120,000. */
  readonly deliveryTimeoutMs?: number;
  /** `send` waits while more bytes than this are on their way. Default 32 MiB. */
  readonly maxInFlightBytes?: number;
  /** A member that is silent this long loses its partitions. Default 10,000. */
  readonly sessionTimeoutMs?: number;
  readonly clock?: Clock;
  readonly onEvent?: BusEventListener;
}
