import { ascii, startsWithIgnoringCase, text } from '../../bytes/text.ts';
import type { TextCache } from '../../bytes/text-cache.ts';
import type { Head } from './head.ts';
import type { WantedHeaders } from './wanted-headers.ts';

/** Reads the field `name: value` whose name is [start, colon), and whose value ends at `end`. False where no one wants it. */
export function readField(
  head: Head,
  bytes: Uint8Array,
  start: number,
  colon: number,
  end: number,
  wanted: WantedHeaders,
  texts: TextCache,
): boolean {
  let from = colon + 1;
  while (from < end && isBlank(bytes[from])) from++;
  while (end > from && isBlank(bytes[end - 1])) end--;
  if (readOwn(head, bytes, start, colon - start, from, end, texts)) return true;
  const name = ascii(bytes, start, colon).toLowerCase();
  if (!wanted.has(name)) return false;
  head.others.push(name, text(bytes, from, end));
  return true;
}

/** Fields with a meaning of their own. True if this was one that is not wanted otherwise. */
function readOwn(
  head: Head,
  bytes: Uint8Array,
  start: number,
  length: number,
  from: number,
  end: number,
  texts: TextCache,
): boolean {
  const colon = start + length;
  switch (length) {
    case 4:
      if (!startsWithIgnoringCase(bytes, start, colon, 'host')) return false;
      head.host ||= texts.get(bytes, from, end);
      return true;
    case 7:
      if (!startsWithIgnoringCase(bytes, start, colon, 'upgrade')) return false;
      head.upgrade ||= ascii(bytes, from, Math.min(end, from + 64)).toLowerCase();
      return true;
    case 8:
      if (!startsWithIgnoringCase(bytes, start, colon, 'location')) return false;
      head.location ||= text(bytes, from, end);
      return true;
    case 10:
      if (!startsWithIgnoringCase(bytes, start, colon, 'user-agent')) return false;
      head.userAgent ||= texts.get(bytes, from, Math.min(end, from + 256));
      return true;
    case 14:
      if (!startsWithIgnoringCase(bytes, start, colon, 'content-length')) return false;
      if (head.contentLength < 0) head.contentLength = readLength(bytes, from, end);
      return true;
    case 17:
      if (!startsWithIgnoringCase(bytes, start, colon, 'transfer-encoding')) return false;
      head.chunked = /(^|[\s,])chunked\s*$/i.test(ascii(bytes, from, Math.min(end, from + 256)));
      return true;
    default:
      return false;
  }
}

/** Digits alone, of which the first of a list counts (RFC 9112 6.3); -1 if it is none. */
function readLength(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  let at = from;
  for (; at < end && bytes[at] >= 0x30 && bytes[at] <= 0x39 && at - from < 15; at++)
    value = value * 10 + bytes[at] - 0x30;
  return at > from && (at === end || bytes[at] === 0x2c) ? value : -1;
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09;
