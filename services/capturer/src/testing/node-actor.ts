import type { Actor } from './cause-script.ts';

/** The page in which the main thread of Node.js makes objects. */
export const PAGE = 0x40_0000_0000;

/** The main thread of Node.js in that turn, when so many ids were given and so many bytes of the page filled. */
export const node = (turn: number, lastAsyncId: number, filled: number, asyncId = 0): Actor => ({
  tid: 1,
  turn,
  lastAsyncId,
  asyncId,
  heapStart: PAGE,
  heapTop: PAGE + filled,
  collections: 1,
});
