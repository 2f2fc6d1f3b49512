import { expect, test } from 'vitest';
import { Closer } from './closer.ts';

test('closes the latest first, each once, and goes on after one that fails', async () => {
  const closed: string[] = [];
  const closer = new Closer();
  closer.add(async () => void closed.push('first opened'));
  closer.add(() => Promise.reject(new Error('broker away')));
  closer.add(async () => void closed.push('last opened'));
  const [one, two] = [closer.close(), closer.close()];
  await expect(one).rejects.toThrow('broker away');
  await expect(two).rejects.toThrow('broker away');
  expect(closed).toEqual(['last opened', 'first opened']);
});
