import type { Protocol } from '../../protocol.ts';
import { SipConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** SIP over UDP and TCP (RFC 3261). */
export const sip: Protocol = {
  name: 'sip',
  transports: ['udp', 'tcp'],
  ports: [5060],
  detect,
  create: (context) => new SipConversation(context),
};
