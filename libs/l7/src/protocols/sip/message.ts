import { indexOf, text } from '../../bytes/text.ts';

/** RFC 3261 18.1.1: no message over UDP is longer than 64 KiB; heads are much shorter. */
export const MAX_HEAD = 32 * 1024;
const MAX_HEADERS = 200;
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** Headers that are read, by their long and compact names (RFC 3261 7.3.3). */
const wanted: Record<string, 'callId' | 'cseq' | 'contentLength' | 'reason' | 'userAgent'> = {
  'call-id': 'callId',
  i: 'callId',
  cseq: 'cseq',
  'content-length': 'contentLength',
  l: 'contentLength',
  reason: 'reason',
  'user-agent': 'userAgent',
};

/** Start line and headers of one message. */
export class Message {
  startLine = '';
  callId = '';
  cseq = '';
  contentLength = '';
  reason = '';
  userAgent = '';
  readonly others: [name: string, value: string][] = [];
}

/** Index behind the empty line that ends the head; -1 if it is not there. */
export function headEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const lf = indexOf(bytes, LF, at, end);
    if (lf < 0) return -1;
    if (lf === at || (lf === at + 1 && bytes[at] === CR)) return lf + 1;
    at = lf + 1;
  }
  return -1;
}

/** Reads a head in [start, end). @param keep names in lower case of further headers to be kept */
export function readMessage(bytes: Uint8Array, start: number, end: number, keep: ReadonlySet<string>): Message {
  const message = new Message();
  let at = start;
  for (let n = 0; n < MAX_HEADERS && at < end; n++) {
    const lf = indexOf(bytes, LF, at, end);
    const next = lf < 0 ? end : lf + 1;
    const last = lf > at && bytes[lf - 1] === CR ? lf - 1 : lf < 0 ? end : lf;
    if (n === 0) message.startLine = text(bytes, at, last);
    else {
      const colon = indexOf(bytes, COLON, at, Math.min(last, at + 64));
      if (colon > at) {
        const name = text(bytes, at, colon).trim().toLowerCase();
        const known = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
        if (known !== undefined) message[known] ||= text(bytes, colon + 1, last).trim();
        else if (keep.has(name)) message.others.push([name, text(bytes, colon + 1, last).trim()]);
      }
    }
    at = next;
  }
  return message;
}
