import type { Protocol } from '../../protocol.ts';
import { NatsConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** The NATS client protocol, with headers. */
export const nats: Protocol = {
  name: 'nats',
  transports: ['tcp'],
  ports: [4222],
  detect,
  create: (context) => new NatsConversation(context),
};
