import { type Draft, fail, put } from './draft.ts';
import type { RequestRow, View } from './request-row.ts';
import { attr, grpcServerErrors, grpcStatus } from './semconv.ts';

/** RPC spans. Name: `package.Service/Method`. Which gRPC codes are errors depends on the side. */
export function describeRpc(draft: Draft, row: RequestRow, view: View, system: string): void {
  const method = (row.request_resource || row.endpoint).replace(/^\//, '');
  draft.name = method || system;
  draft.attributes[attr.rpcSystemName] = system;
  put(draft, attr.rpcMethod, method);
  if (row.response_code === '') return;
  const status = system === 'grpc' ? (grpcStatus[Number(row.response_code)] ?? row.response_code) : row.response_code;
  draft.attributes[attr.rpcStatusCode] = status;
  if (system !== 'grpc') return;
  if (view === 'server' ? grpcServerErrors.has(status) : status !== 'OK') fail(draft, status, row.response_exception);
}
