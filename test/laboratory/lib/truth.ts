/** A line of a service's log: it sent `outgoing` to `step` for `incoming`. */
const line = /^(\S+) (\S+) (\S+)$/;

/** Which request caused which, as the services themselves say. A request is named `id@port`, by the port that it is sent to. */
export class Truth {
  /** Cause of each request; undefined for those of the load generator. */
  readonly causes = new Map<string, string | undefined>();
  /** Where a proxy that listens on a port passes requests on to. */
  readonly #proxies: ReadonlyMap<number, number>;

  constructor(proxies: ReadonlyMap<number, number>) {
    this.#proxies = proxies;
  }

  /** The load generator sent it. Returns the name of the request. */
  addRoot(id: string, port: number): string {
    this.#add(id, port, undefined);
    return `${id}@${port}`;
  }

  /** All that a service which listens on `port` wrote. */
  addLog(text: string, port: number): void {
    for (const [, incoming, outgoing, step] of text.split('\n').flatMap((one) => [line.exec(one) ?? []])) {
      if (step) this.#add(outgoing, Number(new URL(step).port), `${incoming}@${port}`);
    }
  }

  #add(id: string, port: number, cause: string | undefined): void {
    const key = `${id}@${port}`;
    this.causes.set(key, cause);
    const next = this.#proxies.get(port);
    if (next !== undefined) this.#add(id, next, key);
  }

  rootOf(key: string): string {
    let root = key;
    for (let cause = this.causes.get(root); cause !== undefined; cause = this.causes.get(root)) root = cause;
    return root;
  }
}
