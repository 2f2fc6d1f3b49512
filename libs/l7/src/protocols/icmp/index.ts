import { type Protocol, type Transport, Verdict } from '../../protocol.ts';
import { IcmpConversation } from './conversation.ts';
import { echoOf, HEADER_BYTES } from './echo.ts';

const over = (transport: Transport): Protocol => ({
  name: 'icmp',
  transports: [transport],
  timeoutMs: 15_000,
  detect: (bytes, start, end) =>
    end - start >= HEADER_BYTES && echoOf(bytes, start, transport) !== null ? Verdict.sure : Verdict.no,
  create: (context) => new IcmpConversation(context),
});

/** Echo requests and replies (RFC 792): each datagram is a message from its type on. */
export const icmpEcho = over('icmp');

/** The same of ICMPv6 (RFC 4443). */
export const icmp6Echo = over('icmp6');
