import type { L7Options } from '../options.ts';
import type { Exchange } from '../session/exchange.ts';
import { readTraceHeader } from './trace-headers.ts';

const MAX_COMMENTS = 4;

/**
 * Takes trace context from the comments of a statement, before they are masked: `traceparent='00-...'` as sqlcommenter writes
 * it (keys and values percent-encoded), and `key: value` or `key=value` without quotes.
 */
export function readSqlComments(exchange: Exchange, sql: string, options: L7Options): void {
  let at = 0;
  for (let i = 0; i < MAX_COMMENTS; i++) {
    const start = sql.indexOf('/*', at);
    if (start < 0) break;
    const end = sql.indexOf('*/', start + 2);
    readPairs(exchange, sql.slice(start + 2, end < 0 ? sql.length : end), options);
    if (end < 0) return;
    at = end + 2;
  }
  const line = sql.lastIndexOf('-- ');
  if (line >= 0) readPairs(exchange, sql.slice(line + 3).split('\n', 1)[0], options);
}

function readPairs(exchange: Exchange, comment: string, options: L7Options): void {
  for (const [, key, quoted, plain] of comment
    .slice(0, 2048)
    .matchAll(/([\w%.-]{2,64})\s*[=:]\s*(?:'([^']*)'|([^\s,;'"]+))/g)) {
    readTraceHeader(exchange, decoded(key).toLowerCase(), decoded(quoted ?? plain), options);
  }
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded after all
  }
}
