import { Verdict } from '../../protocol.ts';
import { HEAD_BYTES, isLength, LENGTH_BYTES, lengthOf, TarsPacket } from './packet.ts';

const packet = new TarsPacket();

/** A version that comes first, and the fields behind it in their order and types. */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  if (bytes[start] > 0x0f) return Verdict.no;
  if (end - start < LENGTH_BYTES + 8) return Verdict.no;
  if (bytes[start + 4] !== 0x10 || bytes[start + 5] < 1 || bytes[start + 5] > 3) return Verdict.no;
  const length = lengthOf(bytes, start);
  if (!isLength(length) || !packet.read(bytes, start, Math.min(end, start + Math.min(length, HEAD_BYTES))))
    return Verdict.no;
  return packet.isRequest ? Verdict.sure : Verdict.likely;
}
