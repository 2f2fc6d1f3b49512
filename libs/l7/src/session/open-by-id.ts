import type { Exchange } from './exchange.ts';

/**
 * Open requests of one direction by their ids. The first has a field of its own: most connections never have two open, and a
 * map is dear where there are 100,000 of them.
 */
export class OpenById {
  #first: Exchange | null = null;
  #others: Map<number | string, Exchange> | null = null;

  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  get(id: number | string): Exchange | undefined {
    return this.#first?.id === id ? this.#first : this.#others?.get(id);
  }

  /** One that has waited long. */
  get old(): Exchange | undefined {
    return this.#others?.values().next().value ?? this.#first ?? undefined;
  }

  /** Adds a request whose id no other one has. */
  add(exchange: Exchange): void {
    if (this.#first === null) this.#first = exchange;
    else (this.#others ??= new Map()).set(exchange.id!, exchange);
  }

  delete(exchange: Exchange): void {
    if (this.#first === exchange) this.#first = null;
    else if (this.#others?.get(exchange.id!) === exchange) this.#others.delete(exchange.id!);
  }

  /** All of them; there is none afterwards. */
  drain(): Exchange[] {
    const all = [...(this.#first === null ? [] : [this.#first]), ...(this.#others?.values() ?? [])];
    this.#first = this.#others = null;
    return all;
  }
}
