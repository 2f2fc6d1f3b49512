import type { Protocol } from '../../protocol.ts';
import { RocketMqConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** RocketMQ remoting, with JSON and binary headers: to name servers and brokers. */
export const rocketmq: Protocol = {
  name: 'rocketmq',
  transports: ['tcp'],
  ports: [9876, 10909, 10911],
  detect,
  create: (context) => new RocketMqConversation(context),
};
