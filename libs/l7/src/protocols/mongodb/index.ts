import type { Protocol } from '../../protocol.ts';
import { MongodbConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** MongoDB wire protocol: OP_MSG and the messages before it; of OP_COMPRESSED no more than that there was one. */
export const mongodb: Protocol = {
  name: 'mongodb',
  transports: ['tcp'],
  ports: [27017],
  detect,
  create: (context) => new MongodbConversation(context),
};
