import { keep } from './keep.ts';
import type { Work } from './work.ts';

const MAX_ADDRESSES = 8192;
/** What belongs to several requests at once belongs to none for so long, at first; each time twice as long as before. */
const SHARED_US = 40_000;
const MAX_DOUBLINGS = 20;

interface Owner {
  work: Work;
  untilUs: number;
  sharedUntilUs: number;
  sharings: number;
}

/** Which addresses of one process are those of one request at a time: its task, and not what many have (queues, names, pools). */
export class AddressOwners {
  readonly #owners = new Map<number, Owner>();

  /** It is that one's until now. False where others have had it at the same time, lately. */
  takes(address: number, work: Work, nowUs: number): boolean {
    const owner = this.#owners.get(address);
    if (owner === undefined) {
      keep(this.#owners, address, { work, untilUs: nowUs, sharedUntilUs: 0, sharings: 0 }, MAX_ADDRESSES);
      return true;
    }
    if (owner.work !== work && owner.untilUs > work.startUs) {
      owner.sharedUntilUs = nowUs + SHARED_US * 2 ** owner.sharings;
      owner.sharings = Math.min(owner.sharings + 1, MAX_DOUBLINGS);
    }
    owner.work = work;
    owner.untilUs = nowUs;
    return nowUs >= owner.sharedUntilUs;
  }
}
