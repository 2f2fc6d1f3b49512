/** Widths of the buckets: a long request is kept in a wide one, so that it lies in few. */
const WIDTHS_US = [30e3, 750e3, 20e6, 500e6];

/** What is longer than this level's width lies in its first and last bucket only. */
const LAST = WIDTHS_US.length - 1;

/** Names of the buckets that a stretch of time lies in: one or two, of the narrowest width that is enough for it. */
export function bucketsOf(startUs: number, endUs: number): string[] {
  let level = 0;
  while (level < LAST && endUs - startUs > WIDTHS_US[level]) level++;
  const from = Math.floor(startUs / WIDTHS_US[level]);
  const to = Math.floor(endUs / WIDTHS_US[level]);
  return from === to ? [`${level}.${from}`] : [`${level}.${from}`, `${level}.${to}`];
}

/** Names of the buckets in which every stretch of time of up to 500 s is found that this moment lies in. */
export function bucketsAt(us: number): readonly string[] {
  const step = Math.floor(us / STEP_US);
  if (step !== last) {
    last = step;
    lastNames = WIDTHS_US.map((width, level) => `${level}.${Math.floor(us / width)}`);
  }
  return lastNames;
}

/** Divides all widths: the moments of one step lie in the same buckets. */
const STEP_US = 10e3;
let last = Number.NaN;
let lastNames: readonly string[] = [];
