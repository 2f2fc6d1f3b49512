import type { Status } from '../../session/exchange.ts';

/** RFC 6455 7.4.1 and the IANA registry. */
const names: Readonly<Record<number, string>> = {
  1000: 'Normal Closure',
  1001: 'Going Away',
  1002: 'Protocol error',
  1003: 'Unsupported Data',
  1007: 'Invalid frame payload data',
  1008: 'Policy Violation',
  1009: 'Message Too Big',
  1010: 'Mandatory Ext.',
  1011: 'Internal Error',
  1012: 'Service Restart',
  1013: 'Try Again Later',
  1014: 'Bad Gateway',
};

export const closeName = (code: number): string => names[code] ?? '';

/** Whose fault ended the connection. Codes from 3000 on mean what the application likes: no error as such. */
export function closeStatus(code: number, sentByServer: boolean): Status {
  if (code < 1002 || code >= 3000) return 'ok';
  if (code >= 1011) return 'server_error';
  return sentByServer ? 'client_error' : 'server_error';
}
