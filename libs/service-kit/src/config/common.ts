import { z } from 'zod';
import { type ConfigOf, defineConfig } from './section.ts';
import { tlsFile } from './tls-files.ts';

/** Settings of the process, whichever services run in it. */
export const processConfig = defineConfig({
  name: 'process',
  doc: 'HTTP, logs and shutdown of every service.',
  prefix: 'FLOWLOOM_',
  keys: {
    httpHost: z.string().default('0.0.0.0').describe('Address that health, metrics and pages are served on'),
    httpPort: z.number().int().min(0).max(65535).default(9464).describe('Port of the same; 0 takes a free one'),
    logLevel: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .describe('Least severe level that is logged'),
    logFormat: z
      .enum(['auto', 'json', 'pretty'])
      .default('auto')
      .describe('How log lines look; `auto` is `pretty` on a terminal and `json` elsewhere'),
    shutdownTimeoutMs: z
      .number()
      .int()
      .min(100)
      .default(25_000)
      .describe('How long an orderly shutdown may take before the process ends anyway, ms'),
  },
});

/** Which bus carries the topics, and how they are made. */
export const busConfig = defineConfig({
  name: 'bus',
  doc: 'The event bus: Kafka, or the embedded one where no broker is named.',
  prefix: 'FLOWLOOM_',
  env: { brokers: 'KAFKA_BROKERS' },
  keys: {
    brokers: z
      .array(z.string().regex(/^[^\s:]+:\d+$|^\[[0-9a-f:]+\]:\d+$/i, 'expected host:port'))
      .default([])
      .describe('Kafka brokers as `host:port`; empty: the embedded bus of this process'),
    topicPrefix: z
      .string()
      .regex(/^[\w.-]*$/, 'expected letters, digits, dots, hyphens and underscores')
      .default('flowloom.')
      .describe('Before the names of the topics; the `otlp_` topics bear none'),
    topicPartitions: z.number().int().min(1).max(10_000).default(12).describe('Partitions of a topic that is missing'),
    topicRetentionMs: z
      .number()
      .int()
      .min(60_000)
      .default(3_600_000)
      .describe('How long a topic that is missing will keep its records, ms'),
    transactions: z
      .boolean()
      .default(false)
      .describe('Whether outputs and offsets are committed together: exactly once within Kafka'),
    kafkaTls: z.boolean().default(false).describe('Whether connections to the brokers use TLS'),
    kafkaTlsCaFile: tlsFile(
      'Authorities that sign the certificates of the brokers, PEM, in the place of those that Node trusts',
    ),
    kafkaTlsCertificateFile: tlsFile(
      'Certificate (and what leads to its authority) that Flowloom shows to brokers that ask for one, PEM',
    ),
    kafkaTlsKeyFile: tlsFile('Private key of that certificate, PEM'),
    kafkaTlsKeyPassword: z.string().default('').describe('Password of that key; empty: it has none'),
    kafkaSaslMechanism: z
      .enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512'])
      .default('none')
      .describe('How Flowloom logs in at the brokers'),
    kafkaSaslUsername: z.string().default('').describe('User for SASL'),
    kafkaSaslPassword: z.string().default('').describe('Password for SASL'),
    kafkaCompression: z.enum(['none', 'gzip', 'zstd']).default('none').describe('How batches are compressed'),
    kafkaConnectTimeoutMs: z
      .number()
      .int()
      .min(100)
      .default(5_000)
      .describe('How long one try to reach a broker takes before it is reported and tried again, ms'),
  },
});

/** Where OTLP goes. The variables are OpenTelemetry's own (SDK configuration, OTLP exporter). */
export const otlpConfig = defineConfig({
  name: 'otlp',
  doc: 'The OTLP endpoint that spans, metrics and what Flowloom says about itself are sent to.',
  prefix: 'FLOWLOOM_',
  env: {
    endpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    protocol: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    headers: 'OTEL_EXPORTER_OTLP_HEADERS',
    timeoutMs: 'OTEL_EXPORTER_OTLP_TIMEOUT',
  },
  keys: {
    endpoint: z
      .string()
      .regex(/^(https?:\/\/\S+)?$/, 'expected http://host:port or https://host:port')
      .default('')
      .describe('`http://host:4318` for http/protobuf, `http://host:4317` for grpc; empty: nothing is sent'),
    protocol: z.enum(['http/protobuf', 'grpc']).default('http/protobuf').describe('How it is sent'),
    headers: z
      .array(z.string().regex(/^[^=\s]+=/, 'expected name=value'))
      .default([])
      .describe('Added to every export, as `name=value`'),
    timeoutMs: z.number().int().min(1).default(10_000).describe('How long one export may take, ms'),
    selfTelemetry: z
      .boolean()
      .default(true)
      .describe('Whether a service sends traces and metrics about itself there too'),
  },
});

/** The resource and link store. */
export const redisConfig = defineConfig({
  name: 'redis',
  doc: 'The store of resources and trace links: Redis, or memory where no address is given.',
  prefix: 'FLOWLOOM_REDIS_',
  env: { url: 'REDIS_URL' },
  keys: {
    url: z
      .array(z.string().regex(/^rediss?:\/\//, 'expected redis://host:port or rediss://host:port'))
      .default([])
      .describe('`redis://[user:password@]host:port[/database]`; several nodes make a Redis Cluster; empty: memory'),
    sentinelMaster: z
      .string()
      .default('')
      .describe('Name of the master that is asked of the Sentinels at `url`; empty: these are Redis itself'),
    username: z.string().default('').describe('User for the addresses that name none; empty: the default user'),
    password: z.string().default('').describe('Password for the addresses that have none'),
    keyPrefix: z.string().default('flowloom:').describe('Before every key'),
  },
});

export const commonSections = [processConfig, busConfig, redisConfig, otlpConfig];

export type ProcessConfig = ConfigOf<typeof processConfig>;
export type BusConfig = ConfigOf<typeof busConfig>;
export type RedisConfig = ConfigOf<typeof redisConfig>;
export type OtlpConfig = ConfigOf<typeof otlpConfig>;

/** Every shared section, parsed. */
export interface CommonConfig {
  readonly process: ProcessConfig;
  readonly bus: BusConfig;
  readonly redis: RedisConfig;
  readonly otlp: OtlpConfig;
}
