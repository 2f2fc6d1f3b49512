// kafkajs: `node kafka.ts BROKER USER PASSWORD` makes a topic, writes and reads it in a group, and in a transaction.
import kafkajs from 'kafkajs';

const [broker, username, password] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  brokers: [broker],
  clientId: 'till',
  sasl: { mechanism: 'plain', username, password },
  logLevel: kafkajs.logLevel.NOTHING,
  retry: { initialRetryTime: 50, retries: 20 },
});
const topic = 'orders';

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
await admin.createTopics({ topics: [{ topic }] }).catch(() => {});
await admin.disconnect();

const value = 's3cr3t-kafka-value';
const headers = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  token: 's3cr3t-kafka-header',
};
const producer = kafka.producer();
await producer.connect();
await producer.send({ topic, messages: [{ key: 's3cr3t-kafka-key', value, headers }] });
await producer.send({ topic, acks: 0, messages: [{ value }] });
await producer.send({ topic, compression: kafkajs.CompressionTypes.GZIP, messages: [{ value }, { value }] });
await producer.disconnect();

const transactional = kafka.producer({ transactionalId: 'till', maxInFlightRequests: 1 });
await transactional.connect();
const transaction = await transactional.transaction();
await transaction.send({ topic, messages: [{ value }] });
await transaction.commit();
await transactional.disconnect();

const consumer = kafka.consumer({ groupId: 'desk', maxWaitTimeInMs: 100 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
let left = 5;
await new Promise<void>((done) => void consumer.run({ eachMessage: async () => void (--left === 0 && done()) }));
await consumer.disconnect();
