import type { Packet } from '@flowloom/packet';

/** Chunk types (RFC 9260 3.2). */
const INIT = 1;
const INIT_ACK = 2;
const ABORT = 6;
const SHUTDOWN_COMPLETE = 14;
/** Chunks of one packet that are looked at. */
const maxChunks = 32;

/** What the chunks of one SCTP packet say about the association. */
export const Sctp = { none: 0, initiation: 1, initiationAck: 2, abort: 3, shutdownComplete: 4 } as const;

/**
 * First chunk that opens or closes the association. The chunks begin at the payload (RFC 9260 3: type 1 byte, flags 1,
 * length 2 with the header, padded to 4).
 */
export function sctpEvent(packet: Packet): number {
  const { bytes, payloadEnd: end } = packet;
  let at = packet.payloadStart;
  for (let i = 0; i < maxChunks && at + 4 <= end; i++) {
    const type = bytes[at];
    if (type === INIT) return Sctp.initiation;
    if (type === INIT_ACK) return Sctp.initiationAck;
    if (type === ABORT) return Sctp.abort;
    if (type === SHUTDOWN_COMPLETE) return Sctp.shutdownComplete;
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    if (length < 4) break;
    at += (length + 3) & ~3;
  }
  return Sctp.none;
}

/** Whether the packet's source is the client: it sends INIT, the server INIT ACK. */
export function sctpInitiation(packet: Packet): boolean | undefined {
  const event = sctpEvent(packet);
  if (event === Sctp.initiation) return true;
  return event === Sctp.initiationAck ? false : undefined;
}
