import { u16be } from '../../bytes/numbers.ts';
import { text } from '../../bytes/text.ts';

const Extension = { serverName: 0, alpn: 16, supportedVersions: 43, keyShare: 51 } as const;
const MAX_EXTENSIONS = 256;

/** What a ClientHello or ServerHello says (RFC 8446 4.1). */
export interface Hello {
  isClient: boolean;
  /** Highest version offered, or the one chosen. */
  version: number;
  serverName: string;
  /** ALPN: all that are offered, or the one chosen. */
  protocols: string[];
  /** Chosen by the server; 0 for a client. */
  cipher: number;
  /** ServerHello that asks for another ClientHello (4.1.4). */
  isRetry: boolean;
}

/** SHA-256 of "HelloRetryRequest": the random value by which one is known. */
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

/**
 * Reads the body of a hello in [start, end), behind type and length, as far as it goes:
 *
 *     legacy_version (16), random (32 bytes), session id <0..32>,
 *     client: cipher suites <2..2^16-2>, compression methods <1..2^8-1>      server: cipher suite (16), compression (8)
 *     extensions <0..2^16-1>
 */
export function readHello(bytes: Uint8Array, start: number, end: number, isClient: boolean): Hello {
  const hello: Hello = { isClient, version: 0, serverName: '', protocols: [], cipher: 0, isRetry: false };
  if (end - start < 35) return hello;
  hello.version = u16be(bytes, start);
  hello.isRetry = !isClient && RETRY_RANDOM.equals(bytes.subarray(start + 2, start + 34));
  let at = start + 35 + bytes[start + 34];
  if (hello.version >> 8 === 0x7f) at = start + 34; // drafts of TLS 1.3 before 22: no session id, no compression
  if (at + 2 > end) return hello;
  if (isClient) {
    at += 2 + u16be(bytes, at);
    if (at >= end) return hello;
    at += 1 + bytes[at];
  } else {
    hello.cipher = u16be(bytes, at);
    at += hello.version >> 8 === 0x7f ? 2 : 3;
  }
  if (at + 2 <= end) readExtensions(hello, bytes, at + 2, Math.min(end, at + 2 + u16be(bytes, at)));
  return hello;
}

function readExtensions(hello: Hello, bytes: Uint8Array, at: number, end: number): void {
  for (let count = 0; at + 4 <= end && count < MAX_EXTENSIONS; count++) {
    const type = u16be(bytes, at);
    const from = at + 4;
    at = from + u16be(bytes, at + 2);
    const last = Math.min(at, end);
    if (type === Extension.serverName) hello.serverName ||= readServerName(bytes, from, last);
    else if (type === Extension.alpn) hello.protocols = readProtocols(bytes, from + 2, last);
    else if (type === Extension.supportedVersions) readVersions(hello, bytes, from, last);
  }
}

/** `list length (16), name type (8) = host_name, name <1..2^16-1>` (RFC 6066 3) */
function readServerName(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 5 || bytes[start + 2] !== 0) return '';
  const from = start + 5;
  return text(bytes, from, Math.min(end, from + u16be(bytes, start + 3)), 255);
}

/** Names of one length byte each (RFC 7301 3.1). */
function readProtocols(bytes: Uint8Array, at: number, end: number): string[] {
  const names: string[] = [];
  while (at < end && names.length < 16) {
    const next = at + 1 + bytes[at];
    if (next > end) break;
    names.push(text(bytes, at + 1, next, 64));
    at = next;
  }
  return names;
}

/** Replaces the legacy version (RFC 8446 4.2.1); values that only grease the list (RFC 8701) are no versions. */
function readVersions(hello: Hello, bytes: Uint8Array, start: number, end: number): void {
  if (!hello.isClient) {
    if (end - start >= 2) hello.version = u16be(bytes, start);
    return;
  }
  for (let at = start + 1; at + 2 <= end; at += 2) {
    const version = u16be(bytes, at);
    if (version >> 8 === 0x7f || version === 0x0304) hello.version = 0x0304;
  }
}
