import type { Protocol } from '../../protocol.ts';
import { RedisConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** Redis serialization protocol, versions 2 and 3, and inline commands; also spoken by Valkey, KeyDB, Dragonfly. */
export const redis: Protocol = {
  name: 'redis',
  transports: ['tcp'],
  ports: [6379],
  detect,
  create: (context) => new RedisConversation(context),
};
