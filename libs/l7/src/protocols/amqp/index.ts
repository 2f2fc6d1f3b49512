import type { Protocol } from '../../protocol.ts';
import { AmqpConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** AMQP 0-9-1, as RabbitMQ speaks it. */
export const amqp: Protocol = {
  name: 'amqp',
  transports: ['tcp'],
  ports: [5672],
  detect,
  create: (context) => new AmqpConversation(context),
};
