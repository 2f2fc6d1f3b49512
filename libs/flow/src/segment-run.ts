/** What one side sent in a run. Times are µs since the epoch, delays µs. */
export class SentInRun {
  packets = 0;
  /** Of these: with payload. */
  dataPackets = 0;
  /** Of whole frames, and of their payload. */
  frameBytes = 0;
  payloadBytes = 0;
  /** Flags that were set in any segment. */
  tcpFlags = 0;
  /** After the run: next sequence number, and what the last segment said. */
  nextSeq = 0;
  lastAck = 0;
  window = 0;
  /** When it last sent data, in this run or before. */
  dataUs = 0;
  /** From the other side's last data to data of this one: an answer, or the next request. */
  answersUs = 0;
  answers = 0;
  longestAnswerUs = 0;
  /** From the other side's last data to a segment without data that acknowledges it. */
  acksUs = 0;
  acks = 0;
  longestAckUs = 0;
}

/**
 * TCP segments of one connection that were counted where they passed, and not shown one by one: each next in sequence, with no flag
 * but ACK, PSH and what changes no state, with an open window, none with one byte of payload, and no duplicate acknowledgements: those
 * of which `SteadySegments` has nothing to say but these sums. What was shown of the connection before belongs before the run.
 */
export class SegmentRun {
  firstUs = 0;
  lastUs = 0;
  /** By side: 0 the sender of the packet that stands for the run, 1 the other. */
  readonly sent = [new SentInRun(), new SentInRun()] as const;
  /** The side that sent data last, in this run or before. */
  spoke: 0 | 1 = 0;
  /** No segment without data has acknowledged that. */
  isUnanswered = false;
}
