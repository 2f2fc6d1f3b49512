import type { Protocol } from '../../protocol.ts';
import { UwsgiConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** uwsgi, by which web servers call applications in a uWSGI server. */
export const uwsgi: Protocol = {
  name: 'uwsgi',
  transports: ['tcp'],
  ports: [3031],
  detect,
  create: (context) => new UwsgiConversation(context),
};
