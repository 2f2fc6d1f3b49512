import { bytesOf, type RecordedTalk } from '@flowloom/l7/testing';
import { CaptureWriter } from './capture-file.ts';
import { MAX_PAYLOAD, TcpTalk, writeDatagram } from './tcp-talk.ts';

/** First number of a client: 10.0.1.0. */
const FIRST_CLIENT = 256;

/**
 * Recorded conversations as a capture file, over and over, each time from another client, until it has so many packets. Ports
 * are kept. Returns the number of conversations; those of which a segment fits into no packet, and those over neither TCP nor UDP, are left out.
 */
export function writeTalks(path: string, talks: readonly RecordedTalk[], packets: number): number {
  const fitting = talks.filter(({ transport, turns }) => {
    const fits = turns.every(({ bytes }) => bytes.length <= MAX_PAYLOAD);
    return fits && (transport === 'tcp' || transport === 'udp');
  });
  if (fitting.length === 0) return 0;
  const writer = new CaptureWriter(path);
  let written = 0;
  let n = 0;
  for (; written < packets; n++) {
    const talk = fitting[n % fitting.length];
    written += talk.turns.length + 6;
    if (talk.transport === 'udp') {
      const [from, to] = talk.ports;
      for (const { direction, bytes } of talk.turns)
        writeDatagram(writer, direction, FIRST_CLIENT + n, [from, to], bytesOf(bytes));
    } else writeConnection(writer, talk, FIRST_CLIENT + n);
  }
  writer.close();
  return n;
}

/** The side with the higher port is the client: a server may be the first to speak. */
function writeConnection(writer: CaptureWriter, { ports, turns }: RecordedTalk, client: number): void {
  const first = ports[0] >= ports[1] ? 0 : 1;
  const connection = new TcpTalk(writer, ports[first], ports[1 - first], client);
  connection.open();
  for (const { direction, bytes } of turns) connection.say(direction === first ? 0 : 1, bytesOf(bytes));
  connection.close();
}
