import type { Protocol } from '../../protocol.ts';
import { MemcachedConversation } from './conversation.ts';
import { detectDatagram, MemcachedDatagrams } from './datagrams.ts';
import { detect } from './detect.ts';

const common = { name: 'memcached', ports: [11_211] } as const;

/** memcached's text protocol with its meta commands, and its binary one. */
export const memcached: Protocol = {
  ...common,
  transports: ['tcp'],
  detect,
  create: (context) => new MemcachedConversation(context),
};

/** The same behind a frame header. */
export const memcachedOverUdp: Protocol = {
  ...common,
  transports: ['udp'],
  detect: detectDatagram,
  create: (context) => new MemcachedDatagrams(context),
};
