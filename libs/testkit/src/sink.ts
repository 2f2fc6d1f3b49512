import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps what a component under test hands out. */
export class MemorySink<T> {
  readonly items: T[] = [];

  readonly write = (...items: T[]): void => {
    this.items.push(...items);
  };

  /** Resolves to the items when there are so many. Throws after `timeoutMs` with how many came. */
  async atLeast(count: number, timeoutMs = 10_000): Promise<readonly T[]> {
    await eventually(() => this.items.length >= count, `${count} items`, timeoutMs).catch(() => {
      throw new Error(`${this.items.length} of ${count} items came in ${timeoutMs} ms`);
    });
    return this.items;
  }
}

/** Asks until it is true. For what happens in another process; inside this one inject a clock. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(20);
  }
}
