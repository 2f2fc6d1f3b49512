import type { Protocol } from '../../protocol.ts';
import { KrpcConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** kRPC: a header in protobuf, with numbers for services and methods. */
export const krpc: Protocol = {
  name: 'krpc',
  transports: ['tcp'],
  detect,
  create: (context) => new KrpcConversation(context),
};
