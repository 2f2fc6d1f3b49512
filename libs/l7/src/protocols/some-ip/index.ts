import type { Protocol } from '../../protocol.ts';
import { SomeIpConversation } from './conversation.ts';
import { detectDatagram, detectStream } from './detect.ts';

const common = { name: 'some_ip', ports: [30490, 30491, 30501, 30509] } as const;

/** SOME/IP in datagrams, of which one may hold several messages. */
export const someIpOverUdp: Protocol = {
  ...common,
  transports: ['udp'],
  detect: detectDatagram,
  create: (context) => new SomeIpConversation(context, true),
};

/** SOME/IP in a stream. */
export const someIpOverTcp: Protocol = {
  ...common,
  transports: ['tcp'],
  detect: detectStream,
  create: (context) => new SomeIpConversation(context, false),
};
