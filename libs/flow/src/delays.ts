import type { FlowMemory } from './flow-memory.ts';

/**
 * Adds a measurement to a delay of a flow: sum (f64), count and maximum stand one after the other from word `at`. Times
 * that run backwards are no measurement.
 */
export function addDelay(memory: FlowMemory, at: number, us: number): void {
  if (!(us >= 0)) return;
  const { u32 } = memory;
  memory.f64[at >> 1] += us;
  u32[at + 2]++;
  const clipped = Math.min(us, 0xffff_ffff);
  if (clipped > u32[at + 3]) u32[at + 3] = clipped;
}

/** Adds many measurements at once. */
export function addDelays(memory: FlowMemory, at: number, sumUs: number, count: number, longestUs: number): void {
  if (count === 0) return;
  const { u32 } = memory;
  memory.f64[at >> 1] += sumUs;
  u32[at + 2] += count;
  u32[at + 3] = Math.max(u32[at + 3], Math.min(longestUs, 0xffff_ffff));
}
