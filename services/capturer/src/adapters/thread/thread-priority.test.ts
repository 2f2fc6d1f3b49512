import os from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { mayRaisePriority } from '../capabilities.ts';
import { ThreadPriority, v8Helpers } from './thread-priority.ts';

const before = os.getPriority(0);
const helpers = v8Helpers();
afterEach(() => {
  for (const thread of [0, ...helpers]) os.setPriority(thread, before);
});
const nices = () => helpers.map((thread) => os.getPriority(thread) - before);

test.runIf(mayRaisePriority())('steps back while CPU is short, and comes to the front again', () => {
  const priority = new ThreadPriority(before, before + 3);
  priority.setShare(0.1, true);
  expect(os.getPriority(0)).toBe(before + 3);
  expect(new Set(nices())).toEqual(new Set([0]));
  priority.setShare(1, false);
  expect(os.getPriority(0)).toBe(before);
});

test.runIf(mayRaisePriority())('takes the threads of V8 with it', () => {
  const priority = new ThreadPriority(before, before + 3, true);
  priority.setShare(0.1, true);
  expect(new Set(nices())).toEqual(new Set([3]));
  priority.setShare(1, false);
  expect(new Set(nices())).toEqual(new Set([0]));
});
