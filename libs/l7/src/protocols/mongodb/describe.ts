import { i32le, u32le } from '../../bytes/numbers.ts';
import { indexOf, text } from '../../bytes/text.ts';
import { TextCache } from '../../bytes/text-cache.ts';
import { maskQuoted } from '../../privacy/mask-quoted.ts';
import type { Exchange } from '../../session/exchange.ts';
import { bsonNumber, walkDocument } from './bson.ts';

const texts = new TextCache();
/** Errors that are the server's: not primary, host unreachable, interrupted, time-outs, internal. */
const serverErrors = new Set([1, 6, 7, 8, 89, 91, 189, 202, 10107, 11600, 11602, 13435, 13436, 50, 63, 150, 262]);

/** Command document: its first element is the command, with the collection as value; `$db` the database. Values stay out. */
export function describeCommand(exchange: Exchange, bytes: Uint8Array, at: number, end: number, nested = false): void {
  let collection = '';
  let first = true;
  walkDocument(bytes, at, end, (type, nameFrom, nameTo, value) => {
    const name = texts.get(bytes, nameFrom, nameTo);
    if (first) {
      exchange.request_type = name;
      if (type === 2) collection = bsonString(bytes, value, end);
      if (type === 3 && name === '$query' && !nested) describeCommand(exchange, bytes, value, end, true);
    } else if (name === '$db' && type === 2) exchange.request_domain = bsonString(bytes, value, end);
    else if (name === 'collection' && type === 2 && exchange.request_type === 'getMore')
      collection = bsonString(bytes, value, end);
    first = false;
    return true;
  });
  if (exchange.request_type !== 'saslStart' && collection !== '') setCollection(exchange, collection);
  exchange.endpoint ||= exchange.request_type;
}

/** `database.collection` of messages before OP_MSG. */
export function describeNamespace(exchange: Exchange, bytes: Uint8Array, at: number, end: number): number {
  const zero = indexOf(bytes, 0, at, Math.min(end, at + 256));
  if (zero < 0) return -1;
  const name = text(bytes, at, zero);
  const dot = name.indexOf('.');
  exchange.request_domain = dot < 0 ? name : name.slice(0, dot);
  if (dot > 0 && !name.endsWith('.$cmd')) setCollection(exchange, name.slice(dot + 1));
  return zero + 1;
}

function setCollection(exchange: Exchange, collection: string): void {
  exchange.endpoint = `${exchange.request_type} ${collection}`;
  exchange.request_resource = exchange.endpoint;
  exchange.attribute('db.collection.name', collection);
}

/** Reply: `ok`, of errors `code`, `codeName` and `errmsg`; `n` documents; or the first of `writeErrors`. */
export function describeReply(exchange: Exchange, bytes: Uint8Array, at: number, end: number): void {
  let failed = false;
  let code = 0;
  let name = '';
  walkDocument(bytes, at, end, (type, nameFrom, nameTo, value) => {
    switch (texts.get(bytes, nameFrom, nameTo)) {
      case 'ok':
        failed ||= bsonNumber(bytes, type, value, end) === 0;
        break;
      case 'code':
        code = bsonNumber(bytes, type, value, end) || 0;
        break;
      case 'codeName':
        name = bsonString(bytes, value, end);
        break;
      case '$err':
      case 'errmsg':
        if (type !== 2) break;
        failed = true;
        name ||= maskMessage(bsonString(bytes, value, end));
        break;
      case 'n':
        exchange.rows_affected = Math.max(0, bsonNumber(bytes, type, value, end) || 0);
        break;
      case 'writeErrors':
        failed = true;
        code = firstWriteError(bytes, value, end);
    }
    return true;
  });
  exchange.response_status = failed ? (serverErrors.has(code) ? 'server_error' : 'client_error') : 'ok';
  exchange.response_code = failed ? String(code) : '';
  exchange.response_exception = failed ? name : '';
}

function firstWriteError(bytes: Uint8Array, at: number, end: number): number {
  let code = 0;
  walkDocument(bytes, at, end, (type, _from, _to, value) => {
    if (type === 3)
      walkDocument(bytes, value, end, (inner, from, to, number) => {
        if (texts.get(bytes, from, to) === 'code') code = bsonNumber(bytes, inner, number, end) || 0;
        return true;
      });
    return false;
  });
  return code;
}

/** Messages quote keys and values. */
const maskMessage = (message: string): string => maskQuoted(message).replace(/\{.*/gs, '?').slice(0, 256);

function bsonString(bytes: Uint8Array, at: number, end: number): string {
  if (end - at < 5) return '';
  const length = i32le(bytes, at);
  return length > 1 ? text(bytes, at + 4, Math.min(end, at + 3 + length), 256) : '';
}

/** Index of the body section (kind 0) of an OP_MSG: flags (32), sections; -1 if it is not there. */
export function bodySection(bytes: Uint8Array, at: number, end: number): number {
  let next = at + 4;
  for (let i = 0; i < 16 && next + 5 <= end; i++) {
    if (bytes[next] === 0) return next + 1;
    if (bytes[next] !== 1) return -1;
    next += 1 + u32le(bytes, next + 1);
  }
  return -1;
}
