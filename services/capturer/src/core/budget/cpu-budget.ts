/** What the capturer may take. */
export interface CpuBudgetOptions {
  /** CPUs, all the time; 0: no limit. */
  readonly cpus: number;
  /** CPU seconds that may be taken on top of it while there is none to spare, once; they come back while it takes less. */
  readonly burstS: number;
  /** Requests a second that are seen on such credit: of more, windows show enough. */
  readonly burstRequestsPerS: number;
  /** Requests are seen for at most this share of the time, whatever there is. */
  readonly maxShare: number;
}

/** How a second went. */
export interface CpuUse {
  /** CPU seconds that this process has taken in it. */
  readonly usedS: number;
  /** CPU seconds to spare: a processor that this process may use had nothing to do, and nobody waited for one. */
  readonly idleS: number;
  /** Requests that were seen in it. */
  readonly requests: number;
  readonly seconds: number;
  /** Events were lost, or a window was cut short: it does not get the CPU to read what it sees. */
  readonly isLate: boolean;
  /** Seconds in all, of any clock: says when a period of `periodS` is over. */
  readonly nowS: number;
}

/** Below it so short a look would say little. */
const MIN_SHARE = 0.01;
/** What is kept idle, CPUs: less of it counts as none. */
const RESERVE_CPUS = 0.1;
/** So far from what it may take it changes nothing. */
const TOLERANCE = 0.1;
/** The share is changed by these factors at most from one period to the next: new load may not be like the old. */
const MOST_DOWN = 0.1;
const MOST_UP = 1.5;
const MOST_UP_IDLE = 4;
/** Shares from here on are not worth the cuts between windows. */
const WHOLE = 0.9;
/** Late for so many seconds on end, while nothing is idle, it sheds in spite of its credit: what is lost at random helps nobody. */
const LATE_S = 10;
const LATE_SHARE = 0.5;
/** So many seconds' worth of requests may come at once. */
const REQUESTS_S = 10;
/** After a period with a window that was cut short. */
const LESS = 0.7;

/**
 * For which share of the time requests may be seen, so that the capturer keeps to its budget of CPU where others need it.
 *
 * - What is idle is free: while there is some, nothing is shed. What is shed comes back where there is some while requests are seen:
 *   what is idle between windows they cannot take.
 * - A burst is free: what it takes over the budget while there is none idle is paid from a credit of `burstS`; but only while requests are
 *   not so many (`burstRequestsPerS`) that windows show enough of them.
 * - So is a lack: who does not get the CPU to read what it sees, and loses events, sees less.
 * - Then the share is set, in proportion, so that a period takes what the budget is; and corrected after each period.
 *
 * Pure, one call of `update` a second.
 */
export class CpuBudget {
  readonly #options: CpuBudgetOptions;
  readonly #periodS: number;
  #creditS: number;
  #creditRequests: number;
  #share: number;
  /** The period under way: its number, and what was taken in it. */
  #period = 0;
  #usedS = 0;
  #seconds = 0;
  /** Of its window: how long it was, and what was idle in it. */
  #windowS = 0;
  #idleS = 0;
  #requests = 0;
  /** It sheds, or would, for their number. */
  #areTooMany = false;
  #wasLate = false;
  /** For how long it has been late on end. */
  #lateS = 0;

  constructor(options: CpuBudgetOptions, periodS: number) {
    this.#options = options;
    this.#periodS = periodS;
    this.#creditS = options.burstS;
    this.#creditRequests = REQUESTS_S * options.burstRequestsPerS;
    this.#share = options.maxShare;
  }

  /** Seconds of CPU left for bursts. */
  get creditS(): number {
    return this.#creditS;
  }

  get share(): number {
    return this.#share;
  }

  /** Whether requests go unseen for want of CPU. */
  get isShedding(): boolean {
    return this.#share < this.#options.maxShare;
  }

  /** Takes a second into account; returns the share from now on. */
  update({ usedS, idleS, requests, isLate, seconds, nowS }: CpuUse): number {
    const { cpus, burstS } = this.#options;
    if (cpus === 0 || seconds <= 0) return this.#share;
    const isShort = idleS < RESERVE_CPUS * seconds;
    this.#creditS = Math.min(burstS, this.#creditS + cpus * seconds - (isShort ? usedS : 0));
    const isOver = this.#creditS < 0;
    if (isOver) this.#creditS = 0;
    this.#lateS = isLate && isShort ? this.#lateS + seconds : 0;
    const period = Math.floor(nowS / this.#periodS);
    if (!this.isShedding) {
      this.#areTooMany = this.#isOverRequests(isShort ? requests : 0, seconds);
      if (isOver || this.#areTooMany) this.#change((cpus * seconds) / usedS);
      else if (this.#lateS >= LATE_S) this.#change(LATE_SHARE);
      this.#begin(period);
      return this.#share;
    }
    this.#usedS += usedS;
    this.#seconds += seconds;
    this.#requests += requests;
    const windowS = this.#inWindowS(nowS, seconds);
    this.#windowS += windowS;
    this.#idleS += (idleS * windowS) / seconds;
    this.#wasLate ||= isLate;
    if (period === this.#period) return this.#share;
    if (this.#areFewAgain()) this.#change(Number.POSITIVE_INFINITY);
    else if (this.#seconds >= this.#periodS / 2) this.#correct();
    this.#begin(period);
    return this.#share;
  }

  /** Pays for requests that were seen; true where that is more than there is. */
  #isOverRequests(requests: number, seconds: number): boolean {
    const perS = this.#options.burstRequestsPerS;
    const left = this.#creditRequests + perS * seconds - requests;
    this.#creditRequests = Math.min(Math.max(left, 0), REQUESTS_S * perS);
    return left < 0;
  }

  #begin(period: number): void {
    this.#period = period;
    this.#usedS = this.#seconds = this.#windowS = this.#idleS = this.#requests = 0;
    this.#wasLate = false;
  }

  /** How much of the last seconds lay in the window at the begin of the period. */
  #inWindowS(nowS: number, seconds: number): number {
    const end = nowS % this.#periodS;
    return Math.max(0, Math.min(end, this.#share * this.#periodS) - Math.max(0, end - seconds));
  }

  /** After a period with this share. */
  #correct(): void {
    const used = Math.max(this.#usedS / this.#seconds, 0.001);
    const spare = this.#windowS > 0 ? this.#idleS / this.#windowS - RESERVE_CPUS : 0;
    const allowed = Math.max(this.#options.cpus, spare > 0 ? used + spare : 0);
    const most = this.#wasLate ? LESS : spare > 0 ? MOST_UP_IDLE : MOST_UP;
    const factor = Math.min(allowed / used, most);
    if (Math.abs(factor - 1) >= TOLERANCE) this.#change(factor);
  }

  /** It shed as requests were too many, not for want of credit, and they are so no more. */
  #areFewAgain(): boolean {
    if (!this.#areTooMany || this.#creditS < this.#options.burstS / 2 || this.#windowS === 0) return false;
    return !this.#isOverRequests((this.#requests * this.#periodS) / this.#windowS, this.#periodS);
  }

  #change(factor: number): void {
    const { maxShare } = this.#options;
    const share = this.#share * Math.max(factor, MOST_DOWN);
    this.#share = share >= WHOLE * maxShare ? maxShare : Math.max(share, Math.min(MIN_SHARE, maxShare));
  }
}
