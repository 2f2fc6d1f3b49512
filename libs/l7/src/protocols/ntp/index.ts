import type { Protocol } from '../../protocol.ts';
import { NtpConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** NTP, versions 1 to 4 (RFC 5905), and SNTP. */
export const ntp: Protocol = {
  name: 'ntp',
  transports: ['udp'],
  ports: [123],
  timeoutMs: 15_000,
  detect,
  create: (context) => new NtpConversation(context),
};
