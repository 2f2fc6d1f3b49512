import type { Status } from '../../session/exchange.ts';

/** AUTOSAR PRS SOME/IP protocol specification, 4.2.6 */
const names = [
  'E_OK',
  'E_NOT_OK',
  'E_UNKNOWN_SERVICE',
  'E_UNKNOWN_METHOD',
  'E_NOT_READY',
  'E_NOT_REACHABLE',
  'E_TIMEOUT',
  'E_WRONG_PROTOCOL_VERSION',
  'E_WRONG_INTERFACE_VERSION',
  'E_MALFORMED_MESSAGE',
  'E_WRONG_MESSAGE_TYPE',
];
const clientErrors = new Set([2, 3, 7, 8, 9, 10]);

export const codeName = (code: number): string => names[code] ?? `0x${code.toString(16)}`;

export const classOf = (code: number): Status =>
  code === 0 ? 'ok' : clientErrors.has(code) ? 'client_error' : 'server_error';
