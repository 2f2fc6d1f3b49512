import type { Protocol } from '../../protocol.ts';
import { FastCgiConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** FastCGI 1.0, by which web servers call PHP and others. */
export const fastcgi: Protocol = {
  name: 'fastcgi',
  transports: ['tcp'],
  ports: [9000],
  detect,
  create: (context) => new FastCgiConversation(context),
};
