import os from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { mayRaisePriority } from '../capabilities.ts';
import { ThreadPriority } from './thread-priority.ts';

const before = os.getPriority(0);
afterEach(() => os.setPriority(0, before));

test.runIf(mayRaisePriority())('steps back while CPU is short, and comes to the front again', () => {
  const priority = new ThreadPriority(before, before + 3);
  priority.setShare(0.1, true);
  expect(os.getPriority(0)).toBe(before + 3);
  priority.setShare(1, false);
  expect(os.getPriority(0)).toBe(before);
});
