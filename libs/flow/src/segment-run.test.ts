import { ACK, PSH } from '@flowloom/packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SegmentRun } from './segment-run.ts';
import { Exchange, swapEnds } from './testing/exchange.ts';

/** What may be counted where it passes: data, or an acknowledgement of something new. */
const segment: fc.Arbitrary<Sent> = fc.record({
  fromClient: fc.boolean(),
  pushes: fc.boolean(),
  len: fc.constantFrom(0, 2, 100, 1460),
  window: fc.constantFrom(500, 1000),
  after: fc.constantFrom(0, 1, 10, 300, 20_000),
});
interface Sent {
  readonly fromClient: boolean;
  readonly pushes: boolean;
  readonly len: number;
  readonly window: number;
  readonly after: number;
}

/** A connection in which these segments were shown one by one, or as one run; with something before and something behind. */
class Conversation {
  readonly exchange = new Exchange();
  readonly next = [1001, 5001];
  readonly acknowledged = [5001, 1001];

  constructor(hasHandshake: boolean) {
    if (hasHandshake) this.exchange.handshake(50);
    else this.exchange.sequences(1001, 5001);
    this.show([
      { ...talk, fromClient: true },
      { ...talk, fromClient: false },
    ]);
  }

  show(sent: readonly Sent[]): void {
    for (const { fromClient, pushes, len, window, after } of sent) {
      const mine = fromClient ? 0 : 1;
      const [seq, ack] = [this.next[mine], this.next[mine ^ 1]];
      this.exchange[fromClient ? 'client' : 'server'](pushes ? 'PA' : 'A', { seq, ack, len, window, after });
      this.next[mine] += len;
      this.acknowledged[mine] = ack;
    }
  }

  /** Segments that say nothing, and would be shown, are left out: in both conversations. */
  plain(sent: readonly Sent[]): Sent[] {
    const next = [...this.next];
    const acknowledged = [...this.acknowledged];
    return sent.filter(({ fromClient, len }) => {
      const mine = fromClient ? 0 : 1;
      if (len === 0 && acknowledged[mine] === next[mine ^ 1]) return false;
      acknowledged[mine] = next[mine ^ 1];
      next[mine] += len;
      return true;
    });
  }

  count(sent: readonly Sent[], latest: Latest, bySender: 0 | 1): void {
    const { exchange } = this;
    const run = new SegmentRun();
    let { spoke, isUnanswered } = latest;
    const dataUs = [...latest.dataUs];
    let nowUs = exchange.timeUs;
    run.firstUs = nowUs + sent[0].after;
    for (const { fromClient, pushes, len, window, after } of sent) {
      nowUs += after;
      const mine = fromClient ? 0 : 1;
      const into = run.sent[mine ^ bySender];
      const sinceUs = nowUs - dataUs[mine ^ 1];
      into.packets++;
      into.frameBytes += 54 + len;
      into.payloadBytes += len;
      into.tcpFlags |= pushes ? ACK | PSH : ACK;
      into.window = window;
      into.lastAck = this.next[mine ^ 1];
      this.next[mine] += len;
      if (len > 0) {
        into.dataPackets++;
        if (spoke !== mine) {
          into.answers++;
          into.answersUs += sinceUs;
          into.longestAnswerUs = Math.max(into.longestAnswerUs, sinceUs);
        }
        [spoke, isUnanswered] = [mine, true];
        dataUs[mine] = nowUs;
      } else if (isUnanswered && spoke !== mine) {
        into.acks++;
        into.acksUs += sinceUs;
        into.longestAckUs = Math.max(into.longestAckUs, sinceUs);
        isUnanswered = false;
      }
      into.nextSeq = this.next[mine];
      into.dataUs = dataUs[mine];
    }
    exchange.timeUs = run.lastUs = nowUs;
    run.spoke = spoke === bySender ? 0 : 1;
    run.isUnanswered = isUnanswered;
    exchange.table.tick(nowUs);
    const { packet } = exchange;
    packet.payloadBytes = 7;
    [packet.l3Bytes, packet.frameBytes] = [47, 61];
    if ((packet.srcPort === exchange.clientPort) !== (bySender === 0)) swapEnds(packet);
    exchange.table.updateRun(packet, run, 0);
  }
}

interface Latest {
  readonly spoke: 0 | 1;
  readonly isUnanswered: boolean;
  readonly dataUs: readonly [number, number];
}

const talk: Omit<Sent, 'fromClient'> = { pushes: true, len: 10, window: 800, after: 100 };
/** Behind the two of the beginning that talk: the client spoke first, the server last. */
const latest = ({ timeUs }: Exchange): Latest => ({
  spoke: 1,
  isUnanswered: true,
  dataUs: [timeUs - talk.after, timeUs],
});

test('a run gives the rows of its segments one by one', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.constantFrom(0, 1),
      fc.array(segment, { minLength: 1, maxLength: 30 }),
      fc.array(segment, { maxLength: 5 }),
      (hasHandshake, bySender, counted, behind) => {
        const shown = new Conversation(hasHandshake);
        const run = new Conversation(hasHandshake);
        const plain = run.plain(counted);
        fc.pre(plain.length > 0);
        run.count(plain, latest(run.exchange), bySender as 0 | 1);
        shown.show(plain);
        for (const conversation of [shown, run]) {
          conversation.show(behind);
          conversation.exchange.server('FA').client('FA').server('A');
          conversation.exchange.table.flush();
        }
        expect(run.exchange.rows).toEqual(shown.exchange.rows);
      },
    ),
    { numRuns: 300 },
  );
});

test('a run of a connection that is not known makes a flow, and what is sent again behind it is told as such', () => {
  const run = new Conversation(true);
  run.exchange.table.flush();
  run.exchange.rows.length = 0;
  const sent: Sent[] = [
    { ...talk, fromClient: true, len: 300 },
    { ...talk, fromClient: false, len: 500 },
  ];
  run.count(sent, latest(run.exchange), 0);
  run.exchange.client('A', { seq: run.next[0] - 300, ack: run.next[1], len: 300, after: 300_000 });
  const flow = run.exchange.finish();
  expect(flow).toMatchObject({ packets_tx: 2, packets_rx: 1, l4_bytes_tx: 600, l4_bytes_rx: 500, retrans_tx: 1 });
});
