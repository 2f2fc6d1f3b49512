import type { Draft } from './draft.ts';
import type { RequestRow, View } from './request-row.ts';
import { attr, grpcServerErrors, grpcStatus } from './semconv.ts';

/** RPC spans. Name: `package.Service/Method`. Which failures are errors of the server too depends on whose fault they are. */
export function describeRpc(draft: Draft, row: RequestRow, view: View, system: string): void {
  const method = (row.request_resource || row.endpoint).replace(/^\//, '');
  draft.name = method || system;
  draft.set(attr.rpcSystemName, system);
  draft.put(attr.rpcMethod, method);
  if (row.response_code === '') return;
  const status = system === 'grpc' ? (grpcStatus[Number(row.response_code)] ?? row.response_code) : row.response_code;
  draft.set(attr.rpcStatusCode, status);
  if (isError(row, view, system, status)) draft.fail(status, row.response_exception);
}

/** gRPC says it by its codes; elsewhere the parser told the client's faults from the server's. */
function isError(row: RequestRow, view: View, system: string, status: string): boolean {
  if (system === 'grpc') return view === 'server' ? grpcServerErrors.has(status) : status !== 'OK';
  return row.response_status === 'server_error' || (view === 'client' && row.response_status === 'client_error');
}
