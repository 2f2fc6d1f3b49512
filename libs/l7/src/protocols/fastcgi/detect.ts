import { u16be } from '../../bytes/numbers.ts';
import { Verdict } from '../../protocol.ts';
import { RECORD_HEADER_BYTES, RecordHeader, RecordType } from './record.ts';

const header = new RecordHeader();

/** FCGI_BEGIN_REQUEST with one of the three roles, or records that fit one behind the other. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: number, wireEnd: number): Verdict {
  if (bytes[start] !== 1) return Verdict.no;
  if (end - start < RECORD_HEADER_BYTES) return Verdict.no;
  if (!header.read(bytes, start)) return Verdict.no;
  if (header.type === RecordType.beginRequest) return detectBegin(bytes, start, end);
  let records = 0;
  let at = start;
  const { id } = header;
  for (; at + RECORD_HEADER_BYTES <= end; records++) {
    if (!header.read(bytes, at) || header.id !== id || header.contentBytes + RECORD_HEADER_BYTES > header.totalBytes)
      return Verdict.no;
    at += header.totalBytes;
  }
  return at === wireEnd && (records > 1 || header.contentBytes > 0) ? Verdict.likely : Verdict.maybe;
}

/** `role (16), flags (8), reserved (40) = 0` (5.1) */
function detectBegin(bytes: Uint8Array, start: number, end: number): Verdict {
  const at = start + RECORD_HEADER_BYTES;
  if (end - at < 8) return Verdict.maybe;
  const role = u16be(bytes, at);
  if (role < 1 || role > 3 || bytes[at + 2] > 1) return Verdict.no;
  for (let i = 3; i < 8; i++) if (bytes[at + i] !== 0) return Verdict.no;
  return Verdict.sure;
}
