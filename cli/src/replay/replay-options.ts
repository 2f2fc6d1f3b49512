/** What `flowloom replay` was asked to do. */
export interface ReplayOptions {
  /** Paths; `-` is the standard input. */
  readonly files: readonly string[];
  readonly out: string;
  /** Every file is a run of its own. */
  readonly each: boolean;
  /** Path of a VPC inventory. */
  readonly resources: string | undefined;
  /** Bytes of each frame that are looked at. */
  readonly snaplen: number;
  /** Server port to application protocol. */
  readonly decodeAs: ReadonlyMap<number, string>;
  /** Whether there are request logs and traces: else requests are counted in flow logs and network metrics alone. */
  readonly requests: boolean;
  readonly json: boolean;
}

/** What became of one file. `error` says where and why reading ended, null where it did not. */
export interface FileSummary {
  readonly file: string;
  readonly packets: number;
  readonly flows: number;
  readonly requests: number;
  readonly error: string | null;
}
