/** Exit codes of every command. */
export const ExitCode = {
  ok: 0,
  /** It ran, and something in the input or on the way was bad. */
  failed: 1,
  /** It was called wrongly: nothing was done. */
  usage: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** An expected end: its message is one line for a person, without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = ExitCode.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
