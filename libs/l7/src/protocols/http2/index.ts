import type { Protocol } from '../../protocol.ts';
import { Http2Conversation } from './conversation.ts';
import { detect } from './detect.ts';

/** HTTP/2 (RFC 9113), by prior knowledge, after an upgrade, or decrypted; gRPC on it is named `grpc` in its records. */
export const http2: Protocol = {
  name: 'http2',
  transports: ['tcp'],
  ports: [50_051],
  detect,
  create: (context) => new Http2Conversation(context),
};
