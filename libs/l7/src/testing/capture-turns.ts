import { readFileSync } from 'node:fs';
import { CaptureReader, ICMP, ICMPV6, Packet, PacketDecoder, SCTP, TCP, UDP } from '@flowloom/packet';
import type { Direction } from '../direction.ts';
import type { Transport } from '../protocol.ts';
import type { Turn } from './recorder.ts';

/** The payload that two ends exchanged in a capture, in the order of its packets; direction 0 is that of the first one. */
export interface RecordedTalk {
  readonly transport: Transport;
  /** Ports of the senders of direction 0 and 1. */
  readonly ports: readonly [number, number];
  readonly turns: Turn[];
}

const transports = new Map<number, Transport>([
  [TCP, 'tcp'],
  [UDP, 'udp'],
  [SCTP, 'sctp'],
  [ICMP, 'icmp'],
  [ICMPV6, 'icmp6'],
]);

/**
 * Every conversation in an uncompressed pcap or pcapng file. Not reassembled: a segment that came twice is two turns. Payload
 * that the capture cut is as short as it was captured.
 */
export function recordedTalks(file: string): RecordedTalk[] {
  const reader = new CaptureReader();
  const decoder = new PacketDecoder();
  const packet = new Packet();
  const talks = new Map<string, RecordedTalk & { first: string }>();
  reader.push(readFileSync(file));
  while (reader.next()) {
    const { bytes, start, capturedBytes, wireBytes, timeUs, linkType } = reader.frame;
    decoder.decode(packet, bytes, start, capturedBytes, wireBytes, timeUs, linkType);
    const transport = transports.get(packet.protocol);
    if (packet.drop || packet.laterFragment || transport === undefined || packet.payloadEnd === packet.payloadStart)
      continue;
    const ends = [endOf(packet, 0, packet.srcPort), endOf(packet, 4, packet.dstPort)];
    const key = `${transport} ${ends.toSorted().join(' ')}`;
    let talk = talks.get(key);
    if (talk === undefined) {
      talk = { transport, ports: [packet.srcPort, packet.dstPort], turns: [], first: ends[0] };
      talks.set(key, talk);
    }
    const direction: Direction = ends[0] === talk.first ? 0 : 1;
    talk.turns.push({ direction, bytes: packet.bytes.slice(packet.payloadStart, packet.payloadEnd), timeUs });
  }
  return [...talks.values()];
}

const endOf = (packet: Packet, word: number, port: number): string =>
  `${packet.addresses.subarray(word, word + 4).join('.')}:${port}`;
