/** After a watch is opened, the server sends what was missed meanwhile. */
const backlogUs = 500_000;
/** How late a healthy watch tells, at most. */
const delayUs = 300_000;

/** Until when all that happened in the cluster is known: while every list is watched, until a moment ago. */
export class Liveness {
  readonly #openedUs = new Map<string, number | undefined>();

  constructor(resources: readonly string[]) {
    for (const resource of resources) this.#openedUs.set(resource, undefined);
  }

  set(resource: string, isLive: boolean, nowUs: number): void {
    const openedUs = this.#openedUs.get(resource) ?? nowUs;
    this.#openedUs.set(resource, isLive ? openedUs : undefined);
  }

  /** It is not watched at all. */
  remove(resource: string): void {
    this.#openedUs.delete(resource);
  }

  isLive(resource: string, nowUs: number): boolean {
    const openedUs = this.#openedUs.get(resource);
    return openedUs !== undefined && nowUs - openedUs >= backlogUs;
  }

  /** µs since the epoch; undefined while some list is not followed. */
  knownUntilUs(nowUs: number): number | undefined {
    const isKnown = [...this.#openedUs.keys()].every((resource) => this.isLive(resource, nowUs));
    return isKnown ? nowUs - delayUs : undefined;
  }
}
