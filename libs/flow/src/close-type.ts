import { TcpState } from './tcp-state.ts';

/** How a flow ended, `close_type` in records (DESIGN 4). The index is the code inside this package. */
export const closeTypes = [
  'unknown',
  'normal',
  'server_rst',
  'timeout',
  'periodic',
  'server_syn_missing',
  'server_half_close',
  'client_rst',
  'client_ack_missing',
  'client_half_close',
  'client_port_reuse',
  'server_direct_rst',
  'server_queue_overflow',
  'client_other_rst',
  'server_other_rst',
  'client_rst_normal',
] as const;
export type CloseType = (typeof closeTypes)[number];

const code = Object.fromEntries(closeTypes.map((name, i) => [name, i])) as Record<CloseType, number>;
export const PERIODIC = code.periodic;
export const NORMAL = code.normal;

/** What the end of a TCP flow depends on beside its state. */
export interface TcpEnd {
  clientReset: boolean;
  serverReset: boolean;
  /** PSH was seen in either direction. */
  pushed: boolean;
  /** The client's SYN and the server's SYN-ACK were seen. */
  sawHandshake: boolean;
  /** Responses of the application were counted, and none of them was an error. */
  answeredWell: boolean;
  serverPackets: number;
}

/** Code of the close type of a TCP flow that ends in `state`: by time-out, at the end of input or for want of room. */
export function closeTypeOfTcp(state: number, end: TcpEnd): number {
  switch (state) {
    case TcpState.opening1:
      return code.server_syn_missing;
    case TcpState.opening2:
      return code.client_ack_missing;
    case TcpState.established:
      return code.timeout;
    case TcpState.closingTx1:
      return code.server_half_close;
    case TcpState.closingRx1:
      return code.client_half_close;
    case TcpState.closingTx2:
    case TcpState.closingRx2:
    case TcpState.closed:
      return code.normal;
    case TcpState.reset:
      return closeTypeOfReset(end);
    case TcpState.serverReset:
      return code.server_direct_rst;
    case TcpState.syn1:
    case TcpState.clientPortReuse:
      return code.client_port_reuse;
    case TcpState.synAck1:
      return code.server_queue_overflow;
    case TcpState.serverQueueLack:
      return end.serverPackets > 3 ? code.server_queue_overflow : code.client_rst;
    case TcpState.establishReset:
    case TcpState.openingReset:
      if (isHeartbeat(end)) return code.client_rst_normal;
      return end.clientReset ? code.client_other_rst : code.server_other_rst;
    default:
      return code.unknown;
  }
}

function closeTypeOfReset(end: TcpEnd): number {
  if (end.serverReset) return code.server_rst;
  return isHeartbeat(end) || end.answeredWell ? code.client_rst_normal : code.client_rst;
}

/** A health check: SYN, SYN-ACK, RST, and never a byte pushed. */
function isHeartbeat(end: TcpEnd): boolean {
  return end.clientReset && !end.serverReset && end.sawHandshake && !end.pushed;
}
