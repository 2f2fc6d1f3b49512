import { indexOfLineFeed } from '../../bytes/line-feed.ts';
import { ascii, startsWith } from '../../bytes/text.ts';
import type { TextCache } from '../../bytes/text-cache.ts';
import { readField } from './fields.ts';
import { isTargetByte, isTokenByte, isUsualMethod } from './grammar.ts';
import type { Head } from './head.ts';
import type { WantedHeaders } from './wanted-headers.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const DOT = 0x2e;

/**
 * Reads start line and fields (RFC 9112 3 to 5) from [start, end), as far as they go: of a head without its empty line
 * `head.bytes` is 0. False if the first line is no start line.
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
  const line = indexOfLineFeed(bytes, start, end);
  const lineEnd = line < 0 ? end : line;
  const textEnd = lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  const isStatusLine = bytes[start] === 0x48 && startsWith(bytes, start, end, 'HTTP/');
  const isStart = isStatusLine
    ? readStatusLine(head, bytes, start, textEnd)
    : readRequestLine(head, bytes, start, textEnd, texts);
  if (!isStart) return false;
  const headEnd = readFields(head, bytes, lineEnd + 1, end, wanted, texts);
  if (headEnd > 0) head.bytes = headEnd - start;
  return true;
}

/** `HTTP/1.1 200 OK` */
function readStatusLine(head: Head, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 12 || bytes[start + 5] !== 0x31 || bytes[start + 8] !== SPACE) return false;
  let status = 0;
  for (let i = start + 9; i < start + 12; i++) {
    if (bytes[i] < 0x30 || bytes[i] > 0x39) return false;
    status = status * 10 + bytes[i] - 0x30;
  }
  head.version = versionOf(bytes, start + 5, start + 8);
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
    head.version = versionOf(bytes, version + 5, last);
    last = version;
    while (last > first && bytes[last - 1] === SPACE) last--;
  }
  head.targetStart = first;
  head.targetEnd = Math.max(first, last);
  return true;
}

/** Index of the `HTTP/1.` that ends a request line, -1 without. */
function startOfVersion(bytes: Uint8Array, start: number, end: number): number {
  if (isVersion(bytes, start, end - 8, end)) return end - 8;
  return isVersion(bytes, start, end - 7, end) ? end - 7 : -1;
}

function isVersion(bytes: Uint8Array, start: number, at: number, end: number): boolean {
  return at >= start && startsWith(bytes, at, end, 'HTTP/1.') && (at === start || bytes[at - 1] === SPACE);
}

/** `1.1`, `1.0`, or whatever stands there behind `1.`. */
function versionOf(bytes: Uint8Array, start: number, end: number): string {
  if (end === start + 3 && bytes[start + 1] === DOT) {
    if (bytes[start + 2] === 0x31) return '1.1';
    if (bytes[start + 2] === 0x30) return '1.0';
  }
  return ascii(bytes, start, end);
}

/** Field lines up to the empty one: the index behind that, or -1 if it is not there. Lines that no one wants are only passed. */
function readFields(
  head: Head,
  bytes: Uint8Array,
  at: number,
  end: number,
  wanted: WantedHeaders,
  texts: TextCache,
): number {
  while (at < end) {
    const first = bytes[at];
    if (first === LF) return at + 1;
    if (first === CR && at + 1 < end && bytes[at + 1] === LF) return at + 2;
    const lengths = wanted.lengthsOf(first);
    let line = lengths.length === 0 ? -1 : readWanted(head, bytes, at, end, lengths, wanted, texts);
    if (line < 0) line = indexOfLineFeed(bytes, at, end);
    if (line < 0) return -1; // cut in the middle of a field
    at = line + 1;
  }
  return -1;
}

/** Reads the field that begins at `at`, if it has one of these lengths and is wanted: the index of its last line feed, else -1. */
function readWanted(
  head: Head,
  bytes: Uint8Array,
  at: number,
  end: number,
  lengths: readonly number[],
  wanted: WantedHeaders,
  texts: TextCache,
): number {
  for (let i = 0; i < lengths.length; i++) {
    const colon = at + lengths[i];
    if (colon >= end || bytes[colon] !== COLON) continue;
    const line = indexOfLineFeed(bytes, colon, end);
    if (line < 0) return -1;
    const folded = endOfFolded(bytes, line, end);
    const isWanted =
      folded > line
        ? readFolded(head, bytes, at, colon, folded, wanted, texts)
        : readField(head, bytes, at, colon, bytes[line - 1] === CR ? line - 1 : line, wanted, texts);
    if (isWanted) return folded;
  }
  return -1;
}

/** A field goes on in lines that start with a blank (RFC 9112 5.2): the end of the last of them. */
function endOfFolded(bytes: Uint8Array, line: number, end: number): number {
  while (line + 1 < end && (bytes[line + 1] === SPACE || bytes[line + 1] === TAB)) {
    const next = indexOfLineFeed(bytes, line + 1, end);
    if (next < 0) break;
    line = next;
  }
  return line;
}

/** Each fold counts as one space. */
function readFolded(
  head: Head,
  bytes: Uint8Array,
  start: number,
  colon: number,
  end: number,
  wanted: WantedHeaders,
  texts: TextCache,
): boolean {
  const field = ascii(bytes, start, end)
    .replaceAll(/[ \t]*\r?\n[ \t]+/g, ' ')
    .trimEnd();
  const unfolded = Buffer.from(field, 'latin1');
  return readField(head, unfolded, 0, colon - start, unfolded.length, wanted, texts);
}
