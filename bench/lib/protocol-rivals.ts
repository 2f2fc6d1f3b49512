import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedTalk } from '@flowloom/l7/testing';
import { markdownTable } from './marked-table.ts';
import { ndpi, type Reader, tshark } from './packet-readers.ts';
import { packetsCost } from './packets-cost.ts';
import { writeTalks } from './talk-capture.ts';

const PACKETS = 50_000;
const SECONDS = 0.6;

/**
 * A table of what a packet of each protocol costs, from a capture file on: here to rows of flows and requests, in TShark to a line of
 * text, in nDPI to a flow with a name. Left empty where a rival does not know the protocol.
 */
export function besideRivals(byProtocol: ReadonlyMap<string, readonly RecordedTalk[]>): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-protocols-'));
  try {
    const empty = join(folder, 'empty.pcap');
    const first = [...byProtocol.values()].find((talks) => writeTalks(empty, talks.slice(0, 1), 1) > 0);
    if (first === undefined) throw new Error('no conversation over TCP or UDP');
    const readers = [tshark(empty), ndpi(empty)];
    const header = ['protocol', 'requests a packet', 'Flowloom', ...readers.flatMap(({ name }) => [name, 'ratio'])];
    const rows = [...byProtocol].map(([protocol, talks]) => row(join(folder, 'talks.pcap'), protocol, talks, readers));
    return markdownTable(header, rows.filter((cells) => cells.length > 0).sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function row(
  file: string,
  protocol: string,
  talks: readonly RecordedTalk[],
  readers: readonly Reader[],
): readonly string[] {
  const conversations = writeTalks(file, talks, PACKETS);
  if (conversations === 0) return [];
  const { cpuS, packets, requests } = packetsCost(file, conversations + 64, SECONDS);
  const nanoseconds = (seconds: number) => `${Math.round((1e9 * seconds) / packets).toLocaleString('en')} ns`;
  const others = readers.flatMap((reader) => {
    if (!reader.knows(file, protocol)) return ['', ''];
    const theirs = reader.cpuS(file);
    return [nanoseconds(theirs), (theirs / cpuS).toFixed(1)];
  });
  return [protocol, (requests / packets).toFixed(2), nanoseconds(cpuS), ...others];
}
