import type { SpillBuffer } from './publish-queue.ts';

/** Keeps nothing: what does not fit into memory is lost, and counted. */
export const noSpill: SpillBuffer = {
  bytes: 0,
  push: (records) => records.map(({ rows }) => ({ rows, reason: 'spill_full' })),
  peek: () => [],
  remove: () => {},
};
