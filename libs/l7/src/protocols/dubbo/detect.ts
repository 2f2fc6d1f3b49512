import { Verdict } from '../../protocol.ts';
import { DubboHeader, HEADER_BYTES } from './header.ts';

const header = new DubboHeader();

/** The magic, and flags that go with it. */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  if (bytes[start] !== 0xda) return Verdict.no;
  if (end - start < HEADER_BYTES) return end - start < 2 || bytes[start + 1] === 0xbb ? Verdict.maybe : Verdict.no;
  if (!header.read(bytes, start)) return Verdict.no;
  return header.isRequest && header.status !== 0 ? Verdict.likely : Verdict.sure;
}
