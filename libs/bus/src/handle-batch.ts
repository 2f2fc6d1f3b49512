import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { BusError } from './errors.ts';
import type { BusBatch, BusEventListener, ConsumerHandlers } from './port.ts';

const initialPauseMs = 100;
const maxPauseMs = 10_000;

/**
 * Calls the handler until it is done with the batch: true. False when the partition was lost meanwhile, or the handler
 * learnt so from a commit that was fenced.
 */
export async function handleBatch(
  batch: BusBatch,
  handlers: ConsumerHandlers,
  clock: Clock,
  emit: BusEventListener,
): Promise<boolean> {
  const { signal } = batch.partition;
  const pauses = new Backoff(initialPauseMs, maxPauseMs);
  while (!signal.aborted) {
    try {
      await handlers.eachBatch(batch);
      return true;
    } catch (error) {
      if (signal.aborted || (error instanceof BusError && error.code === 'FENCED')) return false;
      emit({ type: 'retried', what: 'handler', reason: error instanceof Error ? error.message : String(error) });
      await clock.sleep(pauses.next(), signal);
    }
  }
  return false;
}
