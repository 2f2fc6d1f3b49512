const ok = new Set(['normal', 'periodic', 'server_half_close', 'client_half_close', 'client_rst_normal']);
const clientError = new Set(['client_rst', 'client_ack_missing', 'client_port_reuse', 'client_other_rst']);
const serverError = new Set([
  'server_rst',
  'timeout',
  'server_syn_missing',
  'server_direct_rst',
  'server_queue_overflow',
  'server_other_rst',
]);

export type FlowStatus = 'ok' | 'client_error' | 'server_error' | 'unknown';

/**
 * What a flow's end says, as DeepFlow's server decides it: only TCP can fail, for other protocols silence is the normal
 * end, and a close that one side never answered has still moved all data.
 */
export function flowStatus(closeType: string, protocol: string): FlowStatus {
  if (ok.has(closeType) || (closeType === 'timeout' && protocol !== 'tcp')) return 'ok';
  if (clientError.has(closeType)) return 'client_error';
  return protocol === 'tcp' && serverError.has(closeType) ? 'server_error' : 'unknown';
}
