import type { Exchange } from '../../session/exchange.ts';
import { clientErrors, type DubboHeader, Serialization, statusNames } from './header.ts';
import { HessianReader } from './hessian.ts';

const OK = 20;
/** First value of a response with status OK: what was thrown follows, without and with attachments. */
const THROWN = [0, 3];

/**
 * Notes the status of a response, and what it says went wrong: with another status than OK its message, with OK the class
 * of the exception that the method has thrown.
 */
export function readOutcome(exchange: Exchange, header: DubboHeader, bytes: Uint8Array, start: number, end: number) {
  const { status } = header;
  exchange.response_code = String(status);
  exchange.response_status = status === OK ? 'ok' : clientErrors.has(status) ? 'client_error' : 'server_error';
  if (status !== OK) exchange.response_exception = statusNames[status];
  if (header.isEvent || header.serialization !== Serialization.hessian2) return;
  const reader = new HessianReader(bytes, start, end);
  if (status !== OK) {
    const message = reader.string().split('\n', 1)[0];
    if (message !== '') exchange.response_exception += `: ${message.slice(0, 256)}`;
  } else if (THROWN.includes(reader.smallInt())) exchange.response_exception = reader.className();
}
