import type { Status } from '../../session/exchange.ts';

/**
 * Codes that speak of the server (gRPC status codes; the list of OpenTelemetry's server spans): UNKNOWN,
 * DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. The others speak of the call.
 */
const serverErrors = new Set([2, 4, 12, 13, 14, 15]);

export function statusOfCode(code: number): Status {
  if (code === 0) return 'ok';
  return serverErrors.has(code) ? 'server_error' : 'client_error';
}

/** `application/grpc`, `application/grpc+proto`; not gRPC-Web, which is framed differently. */
export const isGrpcType = (contentType: string): boolean => /^application\/grpc(?:$|[+;\s])/i.test(contentType);
