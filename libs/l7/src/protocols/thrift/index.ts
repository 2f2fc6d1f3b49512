import type { Protocol } from '../../protocol.ts';
import { ThriftConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** Apache Thrift: binary and compact protocol, framed and unframed. */
export const thrift: Protocol = {
  name: 'thrift',
  transports: ['tcp'],
  ports: [9090, 9160],
  detect,
  create: (context) => new ThriftConversation(context),
};
