import type { Exchange } from '../session/exchange.ts';

/** All that rows say, as one text in which a test can look for what must not be there. */
export function shown(rows: readonly Exchange[]): string {
  return JSON.stringify(rows, (key, value) => (key === 'session' || key === 'waitsIn' ? undefined : value));
}
