import type { Protocol } from '../../protocol.ts';
import { SofaRpcConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** SOFARPC over SOFABolt, version 1 and 2. */
export const sofarpc: Protocol = {
  name: 'sofarpc',
  transports: ['tcp'],
  ports: [12200],
  detect,
  create: (context) => new SofaRpcConversation(context),
};
