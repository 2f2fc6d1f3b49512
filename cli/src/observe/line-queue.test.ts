import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LineQueue } from './line-queue.ts';

async function all(queue: LineQueue): Promise<string[]> {
  const lines = [];
  for await (const line of queue) lines.push(line);
  return lines;
}

describe('LineQueue', () => {
  it('hands out lines in order, those that wait also after the end', async () => {
    const queue = new LineQueue();
    await queue.push('a');
    await queue.push('b');
    queue.end();
    expect(await all(queue)).toEqual(['a', 'b']);
  });

  it('wakes a consumer that waits', async () => {
    const queue = new LineQueue();
    const read = all(queue);
    await turn();
    await queue.push('late');
    await turn();
    queue.end();
    expect(await read).toEqual(['late']);
  });

  it('lets a producer wait that is ten thousand lines ahead', async () => {
    const queue = new LineQueue();
    for (let i = 0; i < 9999; i++) await queue.push('x');
    let isThrough = false;
    const last = queue.push('x').then(() => (isThrough = true));
    await turn();
    expect(isThrough).toBe(false);
    await queue[Symbol.asyncIterator]().next();
    await last;
    expect(isThrough).toBe(true);
  });

  it('frees a waiting producer when it ends, and takes nothing more', async () => {
    const queue = new LineQueue();
    for (let i = 0; i < 9999; i++) await queue.push('x');
    const last = queue.push('x');
    queue.end();
    await last;
    await queue.push('after');
    expect(await all(queue)).toHaveLength(10_000);
  });

  it('throws its failure after the lines that came before', async () => {
    const queue = new LineQueue();
    await queue.push('a');
    queue.fail(new Error('broker away'));
    const lines: string[] = [];
    const read = (async () => {
      for await (const line of queue) lines.push(line);
    })();
    await expect(read).rejects.toThrow('broker away');
    expect(lines).toEqual(['a']);
  });
});
