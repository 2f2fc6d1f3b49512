export type BusErrorCode =
  /** No broker answered before the deadline. */
  | 'BROKER_UNREACHABLE'
  /** The broker refused the credentials or the operation. */
  | 'NOT_AUTHORIZED'
  | 'TOPIC_UNKNOWN'
  | 'RECORD_TOO_LARGE'
  /** Another member or producer has taken over: what this one holds must be forgotten. */
  | 'FENCED'
  /** Not acknowledged before `deliveryTimeoutMs`. */
  | 'TIMEOUT'
  | 'CLOSED'
  /** A call that can never succeed as it was made. */
  | 'INVALID'
  | 'UNKNOWN';

/** What a bus throws. `retryable`: the same call may succeed later. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: BusErrorCode;
  readonly retryable: boolean;

  constructor(code: BusErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
