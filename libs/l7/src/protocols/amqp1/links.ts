import type { Exchange } from '../../session/exchange.ts';

const MAX_LINKS = 2048;
const HANDLES = 2 ** 32;

export interface Link {
  readonly name: string;
  /** Queue or topic, as one of both ends named it. */
  readonly address: string;
  /** Delivery whose last frame is still to come. */
  passing: Exchange | null;
}

/** Links that one end has attached, by channel and by the handle that this end gave them. The oldest gives way. */
export class Links {
  /** null until there was one. */
  #links: Map<number, Link> | null = null;

  attach(channel: number, handle: number, name: string, address: string): void {
    this.#links ??= new Map();
    if (this.#links.size >= MAX_LINKS) this.#links.delete(this.#links.keys().next().value!);
    this.#links.set(channel * HANDLES + handle, { name, address, passing: null });
  }

  get(channel: number, handle: number): Link | undefined {
    return this.#links?.get(channel * HANDLES + handle);
  }

  detach(channel: number, handle: number): void {
    this.#links?.delete(channel * HANDLES + handle);
  }

  /** What is half sent, which will not be completed. */
  drain(): Exchange[] {
    const passing: Exchange[] = [];
    for (const link of this.#links?.values() ?? []) {
      if (link.passing !== null) passing.push(link.passing);
      link.passing = null;
    }
    return passing;
  }
}
