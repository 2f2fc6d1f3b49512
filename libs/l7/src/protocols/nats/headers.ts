import { indexOf, startsWith, text } from '../../bytes/text.ts';
import type { L7Options } from '../../options.ts';
import type { Exchange } from '../../session/exchange.ts';
import { readTraceHeader } from '../../trace-context/trace-headers.ts';

const MAX_HEADERS = 64;
const COLON = 0x3a;

/**
 * Reads message headers: `NATS/1.0[ status[ text]]\r\n`, then `Name: value\r\n` each. A status is how a server says that
 * there are no responders (503), or a JetStream result.
 */
export function readHeaders(
  exchange: Exchange,
  bytes: Uint8Array,
  start: number,
  end: number,
  options: L7Options,
): void {
  if (!startsWith(bytes, start, end, 'NATS/1.0')) return;
  let at = start;
  for (let n = 0; n < MAX_HEADERS && at < end; n++) {
    const found = indexOf(bytes, 0x0a, at, end);
    const last = found < 0 ? end : found;
    if (n === 0) readStatus(exchange, text(bytes, at + 8, last, 128).trim());
    else {
      const colon = indexOf(bytes, COLON, at, last);
      if (colon > at && colon - at <= 64)
        readTraceHeader(exchange, text(bytes, at, colon).toLowerCase(), text(bytes, colon + 1, last).trim(), options);
    }
    at = last + 1;
  }
}

function readStatus(exchange: Exchange, line: string): void {
  const code = /^\d{3}/.exec(line)?.[0];
  if (code === undefined) return;
  exchange.response_code = code;
  if (code < '400') return;
  exchange.response_status = code < '500' ? 'client_error' : 'server_error';
  exchange.response_exception = line.slice(4);
}
