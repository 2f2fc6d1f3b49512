/** How long the least delay of an agent is remembered: between one and two of these. */
const windowUs = 30e6;
/** Batches are made once a second: less than this says nothing about a clock. */
const toleranceUs = 1e6;
const maxAgents = 10_000;

interface Delays {
  /** Least delay of the current window and of the one before, µs. */
  least: number;
  former: number;
  windowBeganUs: number;
}

/**
 * Finds capturers whose clock may be wrong. Rows reach the tagger some moments after they end, from every agent alike; who
 * is always later than the others, or comes from the future, has a clock that is behind or ahead (or holds rows back:
 * this cannot tell, so the answer is a doubt, never a correction).
 */
export class AgentClocks {
  readonly #agents = new Map<string, Delays>();

  /** A record of an agent whose last row ended at `endUs` by its clock was read at `nowUs` by this one. */
  observe(agent: string, endUs: number, nowUs: number): void {
    const delay = nowUs - endUs;
    const known = this.#agents.get(agent);
    if (!known) {
      if (this.#agents.size >= maxAgents) this.#agents.clear();
      this.#agents.set(agent, { least: delay, former: delay, windowBeganUs: nowUs });
      return;
    }
    if (nowUs - known.windowBeganUs > windowUs) {
      known.former = known.least;
      known.least = delay;
      known.windowBeganUs = nowUs;
    } else known.least = Math.min(known.least, delay);
  }

  /** What may have to be added to an agent's times to be right, µs; 0 where nothing speaks against them. */
  doubtUs(agent: string): number {
    const delays = this.#agents.get(agent);
    if (!delays) return 0;
    const offset = leastOf(delays) - this.#usualDelay();
    return Math.abs(offset) > toleranceUs ? offset : 0;
  }

  /** Of three or more agents the median; of fewer the least: nobody is early but by a wrong clock. */
  #usualDelay(): number {
    const delays = [...this.#agents.values()].map(leastOf).sort((a, b) => a - b);
    const usual = delays.length < 3 ? delays[0] : delays[delays.length >> 1];
    return Math.max(0, usual);
  }
}

function leastOf({ least, former }: Delays): number {
  return Math.min(least, former);
}
