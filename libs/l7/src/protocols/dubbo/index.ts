import type { Protocol } from '../../protocol.ts';
import { DubboConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** Dubbo 2 (`dubbo://`); Triple, its successor, is gRPC. */
export const dubbo: Protocol = {
  name: 'dubbo',
  transports: ['tcp'],
  ports: [20880],
  detect,
  create: (context) => new DubboConversation(context),
};
