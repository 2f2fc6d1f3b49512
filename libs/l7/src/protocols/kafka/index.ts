import type { Protocol } from '../../protocol.ts';
import { KafkaConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** Apache Kafka, all requests up to Kafka 4; also spoken by Redpanda and others. */
export const kafka: Protocol = {
  name: 'kafka',
  transports: ['tcp'],
  ports: [9092],
  detect,
  create: (context) => new KafkaConversation(context),
};
