import type { Protocol } from '../../protocol.ts';
import { OpenWireConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** OpenWire of Apache ActiveMQ, in loose and tight encoding. */
export const openwire: Protocol = {
  name: 'openwire',
  transports: ['tcp'],
  ports: [61616],
  detect,
  create: (context) => new OpenWireConversation(context),
};
