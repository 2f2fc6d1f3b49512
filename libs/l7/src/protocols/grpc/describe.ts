import type { Exchange } from '../../session/exchange.ts';
import type { MessageHead } from '../http2/message-head.ts';
import { isGrpcType, statusOfCode } from './status.ts';

/** Makes an HTTP/2 request a gRPC call, if its head says so: path `/package.Service/Method`. */
export function describeCall(exchange: Exchange, head: MessageHead): void {
  if (!isGrpcType(head.contentType)) return;
  markAsGrpc(exchange);
}

/**
 * `grpc-status` and `grpc-message`, in trailers or, where nothing else is sent, in the only head (gRPC over HTTP/2,
 * Trailers-Only). They replace the HTTP status, which stays where there are none.
 */
export function describeOutcome(exchange: Exchange, head: MessageHead): void {
  if (exchange.protocol !== 'grpc' && isGrpcType(head.contentType)) markAsGrpc(exchange);
  if (!/^\d{1,3}$/.test(head.grpcStatus)) return;
  markAsGrpc(exchange);
  exchange.response_code = head.grpcStatus;
  exchange.response_status = statusOfCode(Number(head.grpcStatus));
  exchange.response_exception = percentDecoded(head.grpcMessage);
}

/** Trailers that hide the status say nothing of how the call went: that of HTTP is no answer. */
export function hideOutcome(exchange: Exchange): void {
  exchange.response_code = '';
  exchange.response_status = 'unknown';
}

export function markAsGrpc(exchange: Exchange): void {
  exchange.protocol = 'grpc';
  exchange.endpoint = exchange.endpoint.replace(/^\//, '');
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a per cent sign of its own
  }
}
