/** What the engine needs of a message's head. One is re-used for every message. */
export class Head {
  isRequest = false;
  /** Bytes of start line and fields, with the empty line; 0 where that is not there yet. */
  bytes = 0;
  version = '';
  method = '';
  /** First and last byte of the target in the view. */
  targetStart = 0;
  targetEnd = 0;
  status = 0;
  reasonStart = 0;
  reasonEnd = 0;
  /** -1 without; of several that differ the first. */
  contentLength = -1;
  chunked = false;
  /** Value of Upgrade, where Connection names it; lower case. */
  upgrade = '';
  host = '';
  location = '';
  userAgent = '';
  /** Names (lower case) and values of headers that are configured, or carry trace context. */
  readonly others: string[] = [];

  clear(): void {
    this.version = this.method = this.upgrade = this.host = this.location = this.userAgent = '';
    this.bytes = this.status = this.targetStart = this.targetEnd = this.reasonStart = this.reasonEnd = 0;
    this.contentLength = -1;
    this.chunked = this.isRequest = false;
    if (this.others.length > 0) this.others.length = 0; // setting it costs, even to what it is
  }
}
