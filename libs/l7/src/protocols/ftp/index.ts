import type { Protocol } from '../../protocol.ts';
import { FtpConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** FTP control connections: RFC 959, 2228, 2389, 2428, 3659, 4217. */
export const ftp: Protocol = {
  name: 'ftp',
  transports: ['tcp'],
  ports: [21],
  detect,
  create: (context) => new FtpConversation(context),
};
