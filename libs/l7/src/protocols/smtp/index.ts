import type { Protocol } from '../../protocol.ts';
import { SmtpConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** SMTP, submission and LMTP: RFC 5321, 3207, 3030, 2033. */
export const smtp: Protocol = {
  name: 'smtp',
  transports: ['tcp'],
  ports: [25, 587, 2525],
  detect,
  create: (context) => new SmtpConversation(context),
};
