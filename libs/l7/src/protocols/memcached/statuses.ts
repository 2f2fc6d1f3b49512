import type { Status } from '../../session/exchange.ts';

/** Response statuses of the binary protocol (doc/protocol-binary.txt). */
const names: Readonly<Record<number, string>> = {
  0: 'No error',
  1: 'Key not found',
  2: 'Key exists',
  3: 'Value too large',
  4: 'Invalid arguments',
  5: 'Item not stored',
  6: 'Incr/Decr on non-numeric value',
  7: 'The vbucket belongs to another server',
  8: 'Authentication error',
  9: 'Authentication continue',
  32: 'Authentication error',
  33: 'Authentication continue',
  129: 'Unknown command',
  130: 'Out of memory',
  131: 'Not supported',
  132: 'Internal error',
  133: 'Busy',
  134: 'Temporary failure',
};
/** Answers to a condition that did not hold: the server did what it was asked. */
const outcomes = new Set([0, 1, 2, 5, 9, 33]);

export const binaryStatusName = (status: number): string => names[status] ?? `Status ${status}`;

export function binaryStatus(status: number): Status {
  if (outcomes.has(status)) return 'ok';
  return status >= 130 || status === 7 ? 'server_error' : 'client_error';
}

/** First word of a reply line of the text protocol. */
export function textStatus(word: string): Status {
  if (word === 'SERVER_ERROR') return 'server_error';
  return word === 'ERROR' || word === 'CLIENT_ERROR' ? 'client_error' : 'ok';
}
