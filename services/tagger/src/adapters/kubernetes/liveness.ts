/** After a watch is opened, the server sends what was missed meanwhile. */
const backlogUs = 500_000;
/** How late a healthy watch tells, at most. */
export const watchDelayUs = 300_000;

interface Followed {
  /** The whole list came; everything since is known, for a watch goes on where the former ended. */
  listedUs?: number;
  openedUs?: number;
  /** Until when all was known, when the watch ended. */
  lostUs?: number;
}

/** Since and until when all that happened in the cluster is known. */
export class Liveness {
  readonly #followed: Map<string, Followed>;

  constructor(resources: readonly string[]) {
    this.#followed = new Map(resources.map((resource) => [resource, {}]));
  }

  /** The whole list has come, for the first time or because a watch could not go on. */
  listed(resource: string, nowUs: number): void {
    const followed = this.#followed.get(resource);
    if (followed) followed.listedUs = nowUs;
  }

  set(resource: string, isLive: boolean, nowUs: number): void {
    const followed = this.#followed.get(resource);
    if (!followed) return;
    if (isLive) followed.openedUs ??= nowUs;
    else {
      followed.lostUs = this.#isLive(followed, nowUs) ? nowUs - watchDelayUs : followed.lostUs;
      followed.openedUs = undefined;
    }
  }

  /** It is not followed at all. */
  remove(resource: string): void {
    this.#followed.delete(resource);
  }

  /** What is seen now to be so was not yet at this time; undefined where it may always have been. */
  knownUs(resource: string, nowUs: number): number | undefined {
    const followed = this.#followed.get(resource);
    if (!followed) return undefined;
    return this.#isLive(followed, nowUs) ? nowUs - watchDelayUs : followed.lostUs;
  }

  /** [from, until): µs since the epoch; undefined while some list is not followed. */
  span(nowUs: number): readonly [number, number] | undefined {
    const all = [...this.#followed.values()];
    if (!all.every((followed) => this.#isLive(followed, nowUs))) return undefined;
    return [Math.max(...all.map(({ listedUs = 0 }) => listedUs)), nowUs - watchDelayUs];
  }

  #isLive({ openedUs }: Followed, nowUs: number): boolean {
    return openedUs !== undefined && nowUs - openedUs >= backlogUs;
  }
}
