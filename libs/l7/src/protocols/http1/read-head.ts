import { indexOf, startsWith } from '../../bytes/text.ts';
import type { TextCache } from '../../bytes/text-cache.ts';
import { readField } from './fields.ts';
import { isTargetByte, isTokenByte, isUsualMethod } from './grammar.ts';
import type { Head } from './head.ts';
import type { WantedHeaders } from './wanted-headers.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * Reads start line and fields (RFC 9112 3 to 5) from [start, end), as far as they go: `end` is behind the empty line, or
 * where the capture ends. False if the first line is no start line.
 */
export function readHead(
  head: Head,
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: WantedHeaders,
  texts: TextCache,
): boolean {
  head.clear();
  head.bytes = end - start;
  const line = indexOf(bytes, LF, start, end);
  const lineEnd = line < 0 ? end : line;
  const read = bytes[start] === 0x48 && startsWith(bytes, start, end, 'HTTP/') ? readStatusLine : readRequestLine;
  if (!read(head, bytes, start, lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd, texts))
    return false;
  readFields(head, bytes, lineEnd + 1, end, wanted, texts);
  return true;
}

/** `HTTP/1.1 200 OK` */
function readStatusLine(head: Head, bytes: Uint8Array, start: number, end: number, texts: TextCache): boolean {
  if (end - start < 12 || bytes[start + 5] !== 0x31 || bytes[start + 8] !== SPACE) return false;
  let status = 0;
  for (let i = start + 9; i < start + 12; i++) {
    if (bytes[i] < 0x30 || bytes[i] > 0x39) return false;
    status = status * 10 + bytes[i] - 0x30;
  }
  head.version = texts.get(bytes, start + 5, start + 8);
  head.status = status;
  head.reasonStart = Math.min(start + 13, end);
  head.reasonEnd = end;
  return true;
}

/**
 * `GET /path HTTP/1.1`. The target ends at the last space, as servers read targets with spaces too. A line without a whole version
 * counts if the method is a usual one: servers answer it.
 */
function readRequestLine(head: Head, bytes: Uint8Array, start: number, end: number, texts: TextCache): boolean {
  let space = start;
  while (space < end && isTokenByte(bytes[space])) space++;
  if (space === start || space - start > 24 || bytes[space] !== SPACE) return false;
  head.isRequest = true;
  head.method = texts.get(bytes, start, space);
  let first = space + 1;
  while (first < end && bytes[first] === SPACE) first++;
  let last = end;
  while (last > first && bytes[last - 1] === SPACE) last--;
  const version = startOfVersion(bytes, first, last);
  if (version < 0 && (!isUsualMethod(head.method) || !isTargetByte(bytes[first]))) return false;
  if (version >= 0) {
    head.version = texts.get(bytes, version + 5, last);
    last = version;
    while (last > first && bytes[last - 1] === SPACE) last--;
  }
  head.targetStart = first;
  head.targetEnd = Math.max(first, last);
  return true;
}

/** Index of the `HTTP/1.` that ends a request line, -1 without. */
function startOfVersion(bytes: Uint8Array, start: number, end: number): number {
  for (const length of [8, 7]) {
    const at = end - length;
    if (at >= start && startsWith(bytes, at, end, 'HTTP/1.') && (at === start || bytes[at - 1] === SPACE)) return at;
  }
  return -1;
}

function readFields(
  head: Head,
  bytes: Uint8Array,
  at: number,
  end: number,
  wanted: WantedHeaders,
  texts: TextCache,
): void {
  while (at < end) {
    const line = indexOf(bytes, LF, at, end);
    if (line < 0) return; // cut in the middle of a field
    const last = line > at && bytes[line - 1] === CR ? line - 1 : line;
    if (last === at) return;
    if (bytes[at] !== SPACE && bytes[at] !== 0x09) readField(head, bytes, at, last, wanted, texts);
    at = line + 1; // a folded line (RFC 9112 5.2) continues no field that is read here
  }
}
