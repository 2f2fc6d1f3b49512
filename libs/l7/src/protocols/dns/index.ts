import type { Protocol } from '../../protocol.ts';
import { DnsConversation } from './conversation.ts';
import { detectMessage, detectTcp } from './detect.ts';

const common = { name: 'dns', ports: [53, 5353, 5355], timeoutMs: 15_000 } as const;

/** DNS, multicast DNS and LLMNR in datagrams (RFC 1035 4.2.1, 6762, 4795). */
export const dnsOverUdp: Protocol = {
  ...common,
  transports: ['udp'],
  detect: detectMessage,
  create: (context) => new DnsConversation(context, false),
};

/** DNS with a length of two bytes before each message (RFC 1035 4.2.2). */
export const dnsOverTcp: Protocol = {
  ...common,
  transports: ['tcp'],
  detect: detectTcp,
  create: (context) => new DnsConversation(context, true),
};
