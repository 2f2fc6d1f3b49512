import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { installKafka, installKafkaTools } from '@flowloom/testkit/kafka';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { authenticator, isOfLogin, loginsOf, requestsOf } from './kafka-request-log.ts';

const port = 9092;
/** Without SASL, for what runs on the server's host beside it. */
export const localBroker = '127.0.0.1:9094';
const password = 's3cr3t-kafka-password';
const client = fileURLToPath(new URL('../clients/kafka.ts', import.meta.url));

const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

let jars: string;
let tools: string;
let brokerLog: () => string;

/** Compressed batches that kcat sends, each with a trace of its own in its headers. */
const codecs = ['gzip', 'snappy', 'lz4', 'zstd'];
const traceOf = (i: number): string => `00-0af7651916cd43dd8448eb211c8031${i}0-b7ad6b716920333${i}-01`;
export const compressedTraces: readonly string[] = codecs.map((_, i) => traceOf(i).split('-')[1]);

export const kafka: Scenario = {
  name: 'kafka',
  about: 'Kafka 4.1 with SASL PLAIN; kafkajs 2.2, kcat 1.7 (librdkafka) and Kafka 4.1 console tools (Java)',
  needs: ['root', 'ip', 'java', 'mvn', 'kcat'],
  ports: [port],
  order: (row) =>
    isOfLogin(row) ? row.request_type! : `${row.client_port} ${row.protocol_request_id!.padStart(6, '0')}`,
  secrets: [password, 's3cr3t-kafka-wrong', 's3cr3t-kafka-value', 's3cr3t-kafka-header', 's3cr3t-kafka-key'],
  serve,
  drive: async (stage) => {
    const broker = `${stage.serverAddress}:${port}`;
    const before = brokerLog().length;
    await stage.run([process.execPath, client, broker, 'app', password]);
    await stage.run([process.execPath, client, broker, 'app', 's3cr3t-kafka-wrong'], { mayFail: true });
    const sasl = `security.protocol=SASL_PLAINTEXT,sasl.mechanisms=PLAIN,sasl.username=app,sasl.password=${password}`;
    const kcat = ['kcat', '-b', broker, ...sasl.split(',').flatMap((property) => ['-X', property])];
    await stage.run([...kcat, '-P', '-t', 'orders', '-k', 's3cr3t-kafka-key'], { input: 's3cr3t-kafka-value' });
    for (const [i, codec] of codecs.entries()) {
      const header = `traceparent=${traceOf(i)}`;
      const input = 's3cr3t-kafka-value '.repeat(20);
      await stage.run([...kcat, '-P', '-t', 'orders', '-z', codec, '-H', header], { input });
    }
    await stage.run([...kcat, '-C', '-t', 'orders', '-p', '0', '-o', 'beginning', '-e', '-q']);
    await stage.run([...kcat, '-L', '-t', 'nothing'], { mayFail: true });
    const login = `sasl.mechanism=PLAIN\nsecurity.protocol=SASL_PLAINTEXT\nsasl.jaas.config=${plain} username="app" password="${password}";\n`;
    const config = stage.file('client.properties', login);
    const tool = (name: string, ...flags: string[]) => [
      ...[
        'java',
        ...jvm,
        '-cp',
        `${jars}/*:${tools}/*`,
        `org.apache.kafka.tools.${name}`,
        '--bootstrap-server',
        broker,
        ...flags,
      ],
    ];
    await stage.run(tool('ConsoleProducer', '--topic', 'orders', '--producer.config', config), {
      input: 's3cr3t-kafka-value\n',
    });
    await stage.run(
      tool(
        'consumer.ConsoleConsumer',
        '--topic',
        'orders',
        '--group',
        'report',
        '--from-beginning',
        '--max-messages',
        '3',
        '--consumer.config',
        config,
      ),
    );
    const made = await settled(() => requestsOf(brokerLog().slice(before), port));
    return [...made, ...loginsOf(brokerLog().slice(before))];
  },
};

/** What a log tells once it tells no more: what a client was answered last is written after it has gone. */
async function settled<T>(read: () => readonly T[]): Promise<readonly T[]> {
  let before: readonly T[] = [];
  for (let now = read(); now.length > before.length; now = read()) {
    before = now;
    await sleep(300);
  }
  return before;
}

async function serve(stage: Stage): Promise<void> {
  jars = await installKafka();
  tools = await installKafkaTools();
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': '1@127.0.0.1:9093',
    listeners: `APP://${stage.serverAddress}:${port},INTERNAL://${localBroker},CONTROLLER://127.0.0.1:9093`,
    'listener.security.protocol.map': 'APP:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.app.plain.sasl.jaas.config': `${plain} user_app="${password}";`,
    'log.dirs': 'data',
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
  };
  // The broker's own record of what it was asked.
  const log = [
    '-Dorg.slf4j.simpleLogger.log.kafka.request.logger=debug',
    `-Dorg.slf4j.simpleLogger.log.${authenticator}=debug`,
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  ];
  brokerLog = await stage.serve({
    name: 'kafka',
    port,
    files: {
      'server.properties': Object.entries(properties)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    },
    prepare: async (folder) =>
      execFileSync(
        'java',
        [
          ...jvm,
          '-cp',
          `${jars}/*`,
          'kafka.tools.StorageTool',
          'format',
          '-t',
          'RmxvdyBhbmQgbG9vbSAhIQ',
          '-c',
          'server.properties',
        ],
        { cwd: folder, stdio: 'ignore' },
      ),
    command: ['java', ...jvm, ...log, '-cp', `${jars}/*`, 'kafka.Kafka', 'server.properties'],
  });
}
