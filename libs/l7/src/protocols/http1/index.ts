import type { Protocol } from '../../protocol.ts';
import { Http1Conversation } from './conversation.ts';
import { detect } from './detect.ts';

/** HTTP/1.0 and 1.1 (RFC 9112), with what rides on it: SOAP, JSON-RPC, OCSP. */
export const http1: Protocol = {
  name: 'http',
  transports: ['tcp'],
  ports: [80, 8080],
  detect,
  create: (context) => new Http1Conversation(context),
};
