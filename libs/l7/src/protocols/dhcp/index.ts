import { type Protocol, Verdict } from '../../protocol.ts';
import { DhcpConversation } from './conversation.ts';
import { isMessage } from './message.ts';

/** DHCP for IPv4 (RFC 2131). */
export const dhcp: Protocol = {
  name: 'dhcp',
  transports: ['udp'],
  ports: [67, 68],
  timeoutMs: 15_000,
  detect: (bytes, start, end) => (isMessage(bytes, start, end) ? Verdict.sure : Verdict.no),
  create: (context) => new DhcpConversation(context),
};
