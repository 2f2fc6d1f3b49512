import type { Protocol } from '../../protocol.ts';
import { BrpcConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** baidu_std, the protocol that bRPC speaks unless told otherwise. */
export const brpc: Protocol = {
  name: 'brpc',
  transports: ['tcp'],
  detect,
  create: (context) => new BrpcConversation(context),
};
