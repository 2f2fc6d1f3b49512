import type { Lab, Plan } from '../lib/lab.ts';

/** What is not known in Node.js of a process that has just begun. */
export const atBegin = 'the first requests, while drivers are loaded and connections are made';

/** What most scenarios have at their end. */
export const behind = ['nginx', 'redis-server'] as const;

/** A call, a pause that lets requests overtake each other, two kinds of calls one after another, two at once. */
export async function mixed(lab: Lab): Promise<Plan> {
  const [leaf, cache] = [await lab.leaf(), await lab.redis()];
  return [[leaf], ['sleep 3'], [cache], [leaf, cache]];
}

/** Pauses between calls, as who imitates work makes them. */
export async function withPauses(lab: Lab): Promise<Plan> {
  const [leaf, cache] = [await lab.leaf(), await lab.redis()];
  return [['sleep 3'], [leaf], ['sleep 3'], [cache], ['sleep 3'], [leaf, cache]];
}
