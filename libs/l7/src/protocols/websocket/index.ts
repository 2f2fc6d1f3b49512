import { type Protocol, Verdict } from '../../protocol.ts';
import { WebSocketConversation } from './conversation.ts';

/** WebSocket (RFC 6455) from the handshake on: its frames have nothing to be known by in the middle of a connection. */
export const websocket: Protocol = {
  name: 'websocket',
  transports: ['tcp'],
  detect: () => Verdict.no,
  create: (context) => new WebSocketConversation(context),
};
