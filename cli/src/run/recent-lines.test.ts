import { describe, expect, it } from 'vitest';
import { RecentLines } from './recent-lines.ts';

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

/** A record of these lines. */
const record = (...lines: string[]) => ({ bytes: lines.join('').length, lines: () => lines });

function filled(count: number, maxBytes?: number): RecentLines {
  const lines = new RecentLines(maxBytes);
  for (let i = 1; i <= count; i++) lines.push(record(`line ${i}`));
  return lines;
}

describe('RecentLines', () => {
  it('gives the last lines, oldest first, and ends', async () => {
    expect(await textOf(filled(5).stream(2, false))).toBe('line 4\nline 5\n');
    expect(await textOf(filled(1).stream(9, false))).toBe('line 1\n');
    expect(await textOf(filled(5).stream(0, false))).toBe('');
  });

  it('gives so many of the lines of records with several', async () => {
    const lines = new RecentLines();
    lines.push(record('1', '2', '3'));
    lines.push(record('4', '5'));
    expect(await textOf(lines.stream(3, false))).toBe('3\n4\n5\n');
    expect(await textOf(lines.stream(9, false))).toBe('1\n2\n3\n4\n5\n');
  });

  it('keeps no more bytes than twice what it may, and the youngest lines', async () => {
    const text = await textOf(filled(1000, 100).stream(500, false));
    expect(text.length).toBeLessThan(250);
    expect(text).toMatch(/line 999\nline 1000\n$/);
  });

  it('keeps a record that is longer than all that it may', async () => {
    const lines = new RecentLines(10);
    for (let i = 0; i < 3; i++) lines.push(record('x'.repeat(100)));
    expect(await textOf(lines.stream(1, false))).toHaveLength(101);
  });

  it('makes no lines while nobody wants them', () => {
    let made = 0;
    const lines = new RecentLines();
    lines.push({ bytes: 1, lines: () => [`${made++}`] });
    expect(made).toBe(0);
    lines.stream(1, false);
    expect(made).toBe(1);
  });

  it('goes on with what comes, until the reader goes', async () => {
    const lines = filled(1);
    const stream = lines.stream(1, true);
    lines.push(record('line 2'));
    const read = [];
    for await (const chunk of stream) {
      read.push(String(chunk));
      if (read.join('').includes('line 2')) break;
    }
    expect(read.join('')).toBe('line 1\nline 2\n');
    expect(stream.destroyed).toBe(true);
    expect(() => lines.push(record('line 3'))).not.toThrow();
  });

  it('drops lines of a reader that is too slow, and holds a bounded number', () => {
    const lines = new RecentLines();
    const stream = lines.stream(0, true);
    const line = 'x'.repeat(1 << 20);
    for (let i = 0; i < 20; i++) lines.push(record(line));
    expect(stream.readableLength).toBeLessThan(10 << 20);
    stream.destroy();
  });
});
