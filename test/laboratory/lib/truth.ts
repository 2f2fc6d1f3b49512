/** A line of a service's log: it sent `outgoing` to `step` for `incoming`. */
const line = /^(\S+) (\S+) (\S+)$/;

/**
 * Which request caused which, as the services themselves say. A request is named `id@port`, by the port that it is sent to;
 * a message that a broker pushes `id@port/push`, by the broker's.
 */
export class Truth {
  /** Cause of each request; undefined for those of the load generator, and for messages. */
  readonly causes: Map<string, string | undefined>;
  /** The request that put a message into the queue. */
  readonly #sent = new Map<string, string>();
  /** Where a proxy that listens on a port passes requests on to. */
  readonly #proxies: ReadonlyMap<number, number>;

  constructor(proxies: ReadonlyMap<number, number>, causes: ReadonlyMap<string, string | undefined> = new Map()) {
    this.#proxies = proxies;
    this.causes = new Map(causes);
  }

  /** The load generator sent it. Returns the name of the request. */
  addRoot(id: string, port: number): string {
    this.#add(id, port, undefined);
    return `${id}@${port}`;
  }

  /** All that a service wrote whose requests come to `at`: its port, or a broker's `port/push`. */
  addLog(text: string, at: string): void {
    const [own, push] = at.split('/');
    for (const [, incoming, outgoing, step] of text.split('\n').flatMap((one) => [line.exec(one) ?? []])) {
      if (!step) continue;
      const port = Number(new URL(step.replace(/^jdbc:/, '')).port);
      // What a proxy passed on to this service, told apart by its place on the connection.
      if (port === Number(own)) this.#add(outgoing, port, `${incoming}@${this.#before(port)}`);
      else this.#add(outgoing, port, `${incoming}@${at}`);
      if (!push) continue;
      this.causes.set(`${incoming}@${at}`, undefined);
      this.#sent.set(`${incoming}@${at}`, `${incoming}@${own}`);
    }
  }

  /** The proxy that passes requests on to the port. */
  #before(port: number): number | undefined {
    for (const [proxy, next] of this.#proxies) if (next === port) return proxy;
    return undefined;
  }

  #add(id: string, port: number, cause: string | undefined): void {
    const key = `${id}@${port}`;
    this.causes.set(key, cause);
    const next = this.#proxies.get(port);
    if (next !== undefined && !isPlace(id)) this.#add(id, next, key);
  }

  rootOf(key: string): string {
    let root = key;
    for (let cause = this.causes.get(root); cause !== undefined; cause = this.causes.get(root)) root = cause;
    return root;
  }

  /** The request of the load generator without which the trace of this root would not be. */
  originOf(root: string): string {
    const sent = this.#sent.get(root);
    return sent === undefined ? root : this.originOf(this.rootOf(sent));
  }
}

/** `PORT-NUMBER`: the client's port and the number of the request on that connection, which no proxy passes on. */
const isPlace = (id: string): boolean => id.includes('-');
