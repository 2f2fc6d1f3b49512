/** Why a file cannot be read any further. */
export type CaptureErrorReason =
  | 'empty'
  | 'not_a_capture'
  | 'compressed'
  | 'version'
  | 'link_type'
  | 'cut_short'
  | 'bad_length'
  | 'bad_block'
  | 'no_interface';

/** Where and why reading ended. What came before it was read and stays valid. */
export interface CaptureError {
  readonly reason: CaptureErrorReason;
  /** Offset in the file of the header, record or block that is to blame. */
  readonly offset: number;
  /** One line for a person, without the name of the file. */
  readonly message: string;
}

export function captureError(reason: CaptureErrorReason, offset: number, what: string): CaptureError {
  return { reason, offset, message: `${what} (at byte ${offset})` };
}
