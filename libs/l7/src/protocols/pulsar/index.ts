import type { Protocol } from '../../protocol.ts';
import { PulsarConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** The Apache Pulsar binary protocol. */
export const pulsar: Protocol = {
  name: 'pulsar',
  transports: ['tcp'],
  ports: [6650],
  detect,
  create: (context) => new PulsarConversation(context),
};
