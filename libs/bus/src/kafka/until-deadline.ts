import { Backoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { BusError } from '../errors.ts';
import type { BrokerState } from './broker-state.ts';
import { toBusError } from './kafka-error.ts';

export interface DeadlineOptions {
  readonly clock: Clock;
  readonly brokers: BrokerState;
  readonly timeoutMs: number;
  /** Ends the attempts early. */
  readonly signal?: AbortSignal;
  onRetry?(error: BusError): void;
}

/** Calls until it succeeds, fails for good, or the time is up; then throws what happened last as a `BusError`. */
export async function untilDeadline<T>(call: () => Promise<T>, options: DeadlineOptions): Promise<T> {
  const { clock, brokers, timeoutMs, signal } = options;
  const deadline = clock.now() + timeoutMs;
  const pauses = new Backoff(50, 2000);
  for (;;) {
    try {
      const result = await call();
      brokers.up();
      return result;
    } catch (cause) {
      const error = toBusError(cause);
      if (error.code === 'BROKER_UNREACHABLE') brokers.down(error.message);
      if (!error.retryable || signal?.aborted) throw error;
      const pause = pauses.next();
      if (clock.now() + pause >= deadline) throw timeUp(error, timeoutMs);
      options.onRetry?.(error);
      await clock.sleep(pause, signal);
    }
  }
}

function timeUp(error: BusError, timeoutMs: number): BusError {
  const code = error.code === 'BROKER_UNREACHABLE' ? error.code : 'TIMEOUT';
  return new BusError(code, `no success within ${timeoutMs} ms: ${error.message}`, { retryable: true, cause: error });
}
