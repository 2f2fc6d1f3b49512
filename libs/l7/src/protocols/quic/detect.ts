import { Verdict } from '../../protocol.ts';
import { LongHeader, PacketKind } from './long-header.ts';

/** A client's datagram with an Initial packet is at least so long (RFC 9000 14.1). */
const MIN_INITIAL = 1200;
const header = new LongHeader();

/** A long header of a known version: its 32 bits are as good as a magic. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: number, wireEnd: number): Verdict {
  if (bytes[start] < 0xc0 || !header.read(bytes, start, end)) return Verdict.no;
  if (header.kind === PacketKind.versionNegotiation) return Verdict.no;
  if (header.kind !== PacketKind.retry && header.end > wireEnd) return Verdict.no;
  const full = header.kind !== PacketKind.initial || wireEnd - start >= MIN_INITIAL;
  return full ? Verdict.sure : Verdict.likely;
}
