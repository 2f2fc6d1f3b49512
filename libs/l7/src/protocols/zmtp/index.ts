import type { Protocol } from '../../protocol.ts';
import { ZmtpConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** ZeroMQ message transport protocol 3.x (RFC 23, 37/ZMTP). */
export const zmtp: Protocol = {
  name: 'zmtp',
  transports: ['tcp'],
  detect,
  create: (context) => new ZmtpConversation(context),
};
