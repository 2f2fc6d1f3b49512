/** A natural minute (UTC) in microseconds. */
export const minuteUs = 60_000_000;

/** Start of the minute in which the time lies. */
export function minuteOf(timeUs: number): number {
  return Math.floor(timeUs / minuteUs) * minuteUs;
}
