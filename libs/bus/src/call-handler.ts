import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { BusError } from './errors.ts';
import type { BusEventListener } from './port.ts';

const initialPauseMs = 100;
const maxPauseMs = 10_000;

/**
 * Calls a handler until it does not throw: true. False when the signal is aborted, or the handler learnt from a commit
 * that the partition is somebody else's.
 */
export async function callHandler(
  call: () => Promise<void> | void,
  signal: AbortSignal,
  clock: Clock,
  emit: BusEventListener,
): Promise<boolean> {
  const pauses = new Backoff(initialPauseMs, maxPauseMs);
  while (!signal.aborted) {
    try {
      await call();
      return true;
    } catch (error) {
      if (signal.aborted || (error instanceof BusError && error.code === 'FENCED')) return false;
      emit({ type: 'retried', what: 'handler', reason: reasonOf(error) });
      await clock.sleep(pauses.next(), signal);
    }
  }
  return false;
}

/** Calls a handler once; what it throws is told and goes no further: nothing waits for it to succeed. */
export async function callOnce(call: () => Promise<void> | void, emit: BusEventListener): Promise<void> {
  try {
    await call();
  } catch (error) {
    emit({ type: 'handler-failed', reason: reasonOf(error) });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
