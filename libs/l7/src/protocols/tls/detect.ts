import { u16be, u24be } from '../../bytes/numbers.ts';
import { Verdict } from '../../protocol.ts';
import { ContentType, RECORD_HEADER_BYTES, recordLength } from './record.ts';
import { isSsl2Hello } from './ssl2.ts';

/** A hello, or in the middle of a connection records that fit one behind the other. */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  const first = bytes[start];
  if (first >= 0x80) return isSsl2Hello(bytes, start, end) ? Verdict.likely : Verdict.no;
  if (first < ContentType.changeCipherSpec || first > ContentType.applicationData) return Verdict.no;
  if (end - start >= 2 && bytes[start + 1] !== 3) return Verdict.no;
  if (end - start < RECORD_HEADER_BYTES) return Verdict.maybe;
  const length = recordLength(bytes, start);
  if (length < 0) return Verdict.no;
  if (first === ContentType.handshake && end - start >= 11) {
    const hello = judgeHello(bytes, start + RECORD_HEADER_BYTES, length);
    if (hello !== Verdict.no) return hello;
  }
  return judgeChain(bytes, start, end);
}

/** `HandshakeType (8), length (24), legacy_version (16)`: of ClientHello and ServerHello. */
function judgeHello(bytes: Uint8Array, at: number, length: number): Verdict {
  const type = bytes[at];
  if (type !== 1 && type !== 2) return Verdict.no;
  const isVersion = bytes[at + 4] === 3 && bytes[at + 5] <= 4;
  const isDraft = type === 2 && bytes[at + 4] === 0x7f; // ServerHello of the drafts of TLS 1.3
  const body = u24be(bytes, at + 1);
  return (isVersion || isDraft) && body >= 38 && (body + 4 <= length || length >= 38) ? Verdict.sure : Verdict.no;
}

function judgeChain(bytes: Uint8Array, start: number, end: number): Verdict {
  let records = 0;
  let at = start;
  for (; at + RECORD_HEADER_BYTES <= end; records++) {
    const length = recordLength(bytes, at);
    if (length < 0 || bytes[at + 2] === 0 || (bytes[at] === ContentType.applicationData && length < 17))
      return Verdict.no;
    if (bytes[at] === ContentType.alert && length > 2 && length < 18) return Verdict.no;
    at += RECORD_HEADER_BYTES + length;
  }
  if (records === 0 || u16be(bytes, start + 1) > 0x0304) return Verdict.no;
  return records >= 2 || at === end ? Verdict.likely : Verdict.maybe;
}
