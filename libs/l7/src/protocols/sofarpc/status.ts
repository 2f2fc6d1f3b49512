import type { Status } from '../../session/exchange.ts';

/** SOFABolt, ResponseStatus. */
const names: Record<number, string> = {
  0: 'SUCCESS',
  1: 'ERROR',
  2: 'SERVER_EXCEPTION',
  3: 'UNKNOWN',
  4: 'SERVER_THREADPOOL_BUSY',
  5: 'ERROR_COMM',
  6: 'NO_PROCESSOR',
  7: 'TIMEOUT',
  8: 'CLIENT_SEND_ERROR',
  9: 'CODEC_EXCEPTION',
  16: 'CONNECTION_CLOSED',
  17: 'SERVER_SERIAL_EXCEPTION',
  18: 'SERVER_DESERIAL_EXCEPTION',
};

export const statusName = (status: number): string => names[status] ?? `STATUS_${status}`;

export const classOf = (status: number): Status =>
  status === 0 ? 'ok' : status === 8 ? 'client_error' : 'server_error';
