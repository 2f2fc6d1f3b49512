/** What an engine has met, since its start. Everything that is lost is counted here by its reason. */
export class L7Stats {
  connections = 0;
  /** Connections whose protocol was not recognised. */
  unknown = 0;
  /** Verdicts taken back. */
  misjudged = 0;
  requests = 0;
  timeouts = 0;
  /** Holes in a stream that were not filled in time, or captured in part. */
  gaps = 0;
  gapBytes = 0;
  /** Times a parser found something that is not its next message. */
  lost = 0;
  /** Messages that needed more memory than allowed. */
  heldOverflow = 0;
  /** Segments ahead of a hole that were dropped for want of memory. */
  aheadOverflow = 0;
  /** Bytes held at present. */
  heldBytes = 0;
}
