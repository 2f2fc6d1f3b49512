import { setTimeout as sleep } from 'node:timers/promises';
import type { BusError } from '@flowloom/bus';
import type { Logger } from 'pino';
import type { HealthComponent } from '../health/health.ts';

export interface RetryOptions {
  readonly health: HealthComponent;
  readonly log: Logger;
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Tries until it works: a broker that is away at the start is no reason to end. Says so once and in the health, not at
 * every try. Throws what is not retryable, and the signal's reason when it aborts.
 */
export async function untilReady(work: () => Promise<unknown>, { health, log, signal }: RetryOptions): Promise<void> {
  let said = '';
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    try {
      await work();
      if (said) log.info('the bus answers');
      health.ok();
      return;
    } catch (error) {
      if (!(error as BusError).retryable) throw error;
      const { message, code } = error as BusError;
      health.down(message);
      // Of a broker that is away the bus has told itself.
      if (message !== said && code !== 'BROKER_UNREACHABLE') log.warn(`waiting for the bus: ${message}`);
      said = message;
    }
    await sleep(pauseMs, undefined, { signal });
  }
}
