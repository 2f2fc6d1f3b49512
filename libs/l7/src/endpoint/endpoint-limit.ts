/** What every endpoint beyond the cap is called. */
export const OTHER = '{other}';

/** Keeps the number of different endpoints of each protocol bounded, whatever clients ask for. */
export class EndpointLimit {
  readonly #max: number;
  readonly #known = new Map<string, Set<string>>();

  constructor(max: number) {
    this.#max = max;
  }

  /** The endpoint itself, or `OTHER` once the protocol has too many. */
  limit(protocol: string, endpoint: string): string {
    if (endpoint === '') return '';
    let known = this.#known.get(protocol);
    if (known === undefined) this.#known.set(protocol, (known = new Set()));
    if (known.has(endpoint)) return endpoint;
    if (known.size >= this.#max) return OTHER;
    known.add(endpoint);
    return endpoint;
  }
}
