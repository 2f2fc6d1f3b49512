import { u16le, u32le } from '../../bytes/numbers.ts';
import { ascii, indexOf, text } from '../../bytes/text.ts';
import { lenenc, lenencBytes } from './lenenc.ts';

const CLIENT_CONNECT_WITH_DB = 0x8;
const CLIENT_COMPRESS = 0x20;
const CLIENT_PROTOCOL_41 = 0x200;
const CLIENT_SSL = 0x800;
const CLIENT_SECURE_CONNECTION = 0x8000;
const CLIENT_LENENC_AUTH = 0x20_0000;
const CLIENT_DEPRECATE_EOF = 0x100_0000;
const CLIENT_ZSTD = 0x400_0000;
/** SSLRequest is HandshakeResponse41 up to its user. */
const SSL_REQUEST_BYTES = 32;

/** What the client says of itself, without its credentials. */
export interface Login {
  readonly database: string;
  readonly compressed: boolean;
  readonly deprecateEof: boolean;
  /** TLS starts behind this packet. */
  readonly tls: boolean;
}

/**
 * HandshakeResponse41: flags (32), largest packet (32), character set (8), 23 zeros, user\0, authentication, database\0.
 * The older HandshakeResponse320 has no more than its flags read.
 */
export function readLogin(bytes: Uint8Array, at: number, end: number): Login {
  const old = end - at < 32 || (u16le(bytes, at) & CLIENT_PROTOCOL_41) === 0;
  const flags = old ? (end - at >= 2 ? u16le(bytes, at) : 0) : u32le(bytes, at);
  const tls = (flags & CLIENT_SSL) !== 0 && end - at <= SSL_REQUEST_BYTES;
  return {
    database: old || tls ? '' : readDatabase(bytes, at + 32, end, flags),
    compressed: (flags & (CLIENT_COMPRESS | CLIENT_ZSTD)) !== 0,
    deprecateEof: (flags & CLIENT_DEPRECATE_EOF) !== 0,
    tls,
  };
}

function readDatabase(bytes: Uint8Array, at: number, end: number, flags: number): string {
  if ((flags & CLIENT_CONNECT_WITH_DB) === 0) return '';
  let next = indexOf(bytes, 0, at, end) + 1; // user
  if (next === 0) return '';
  if ((flags & CLIENT_LENENC_AUTH) !== 0) next += lenencBytes(bytes[next]) + lenenc(bytes, next, end);
  else if ((flags & CLIENT_SECURE_CONNECTION) !== 0) next += 1 + bytes[next];
  else next = indexOf(bytes, 0, next, end) + 1;
  const zero = indexOf(bytes, 0, next, end);
  return next > 0 && zero > next ? text(bytes, next, zero, 64) : '';
}

/** Does a HandshakeResponse41 start here? MariaDB uses the last four of its 23 zeros. */
export function isLogin(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < SSL_REQUEST_BYTES || (u16le(bytes, at) & CLIENT_PROTOCOL_41) === 0) return false;
  for (let i = at + 9; i < at + 28; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Server version of the initial handshake, protocol 10: version\0, connection id (32), ...; '' if it is none. */
export function serverVersion(bytes: Uint8Array, at: number, end: number): string {
  if (bytes[at] !== 10) return '';
  const zero = indexOf(bytes, 0, at + 1, Math.min(end, at + 80));
  if (zero < at + 4) return '';
  for (let i = at + 1; i < zero; i++) if (bytes[i] < 0x20 || bytes[i] > 0x7e) return '';
  return ascii(bytes, at + 1, zero);
}
