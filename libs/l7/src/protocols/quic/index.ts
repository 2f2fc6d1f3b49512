import type { Protocol } from '../../protocol.ts';
import { QuicConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** QUIC versions 1 (RFC 9000), 2 (RFC 9369) and drafts 29 to 32: the handshake, of which Initial packets are readable. */
export const quic: Protocol = {
  name: 'quic',
  transports: ['udp'],
  ports: [443],
  detect,
  create: (context) => new QuicConversation(context),
};
