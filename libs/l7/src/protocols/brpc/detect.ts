import { startsWith } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { HEADER_BYTES, isHeader } from './header.ts';

/** The magic, and sizes that fit each other. */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  if (!startsWith(bytes, start, end, 'PRPC'.slice(0, end - start))) return Verdict.no;
  if (end - start < HEADER_BYTES) return Verdict.maybe;
  return isHeader(bytes, start, end) ? Verdict.sure : Verdict.no;
}
