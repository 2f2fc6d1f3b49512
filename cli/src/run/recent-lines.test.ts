import { describe, expect, it } from 'vitest';
import { RecentLines } from './recent-lines.ts';

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

function filled(count: number, max?: number): RecentLines {
  const lines = new RecentLines(max);
  for (let i = 1; i <= count; i++) lines.push(`line ${i}`);
  return lines;
}

describe('RecentLines', () => {
  it('gives the last lines, oldest first, and ends', async () => {
    expect(await textOf(filled(5).stream(2, false))).toBe('line 4\nline 5\n');
    expect(await textOf(filled(1).stream(9, false))).toBe('line 1\n');
    expect(await textOf(filled(5).stream(0, false))).toBe('');
  });

  it('keeps no more lines than it may', async () => {
    expect(await textOf(filled(100, 3).stream(50, false))).toBe('line 98\nline 99\nline 100\n');
  });

  it('goes on with what comes, until the reader goes', async () => {
    const lines = filled(1);
    const stream = lines.stream(1, true);
    lines.push('line 2');
    const read = [];
    for await (const chunk of stream) {
      read.push(String(chunk));
      if (read.join('').includes('line 2')) break;
    }
    expect(read.join('')).toBe('line 1\nline 2\n');
    expect(stream.destroyed).toBe(true);
    expect(() => lines.push('line 3')).not.toThrow();
  });

  it('drops lines of a reader that is too slow, and holds a bounded number', () => {
    const lines = new RecentLines();
    const stream = lines.stream(0, true);
    const line = 'x'.repeat(1 << 20);
    for (let i = 0; i < 20; i++) lines.push(line);
    expect(stream.readableLength).toBeLessThan(10 << 20);
    stream.destroy();
  });
});
