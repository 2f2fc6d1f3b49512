import type { Protocol } from '../../protocol.ts';
import { TlsConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** TLS (RFC 8446, 5246) and SSL 3: what is visible of its handshakes. */
export const tls: Protocol = {
  name: 'tls',
  transports: ['tcp'],
  ports: [443, 853, 993, 995, 636],
  detect,
  create: (context) => new TlsConversation(context),
};
