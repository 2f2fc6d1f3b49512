import { u16be, u32be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { isPrefix, KrpcHeader, PREFIX_BYTES } from './header.ts';

const header = new KrpcHeader();

/** The magic, lengths that fit each other, and a header that begins with its direction. */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  if (!startsWith(bytes, start, end, 'KR'.slice(0, end - start))) return Verdict.no;
  if (end - start < PREFIX_BYTES + 2) return Verdict.maybe;
  const headerBytes = u16be(bytes, start + 2);
  if (!isPrefix(bytes, start, headerBytes, u32be(bytes, start + 4))) return Verdict.no;
  const from = start + PREFIX_BYTES;
  if (bytes[from] !== 8 || (bytes[from + 1] !== 1 && bytes[from + 1] !== 2)) return Verdict.no;
  if (from + headerBytes > end) return Verdict.likely;
  return header.read(bytes, from, from + headerBytes) ? Verdict.sure : Verdict.no;
}
