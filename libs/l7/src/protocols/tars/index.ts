import type { Protocol } from '../../protocol.ts';
import { TarsConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** Tars, and TUP of the same form. */
export const tars: Protocol = {
  name: 'tars',
  transports: ['tcp'],
  detect,
  create: (context) => new TarsConversation(context),
};
