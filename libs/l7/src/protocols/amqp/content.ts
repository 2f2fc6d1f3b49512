import type { Exchange } from '../../session/exchange.ts';

const MAX_CHANNELS = 2048;

interface Content {
  readonly channel: number;
  readonly exchange: Exchange;
  /** Bytes of the body still to come; -1 before the content header. */
  left: number;
}

/** Contents under way in one direction: one at a time in each channel. The first has a field of its own: most connections never have two. */
export class Contents {
  #first: Content | null = null;
  /** null until there was one. */
  #others: Map<number, Content> | null = null;

  /** A method with content has come. Returns the one before, if it never became complete. */
  start(channel: number, exchange: Exchange): Exchange | undefined {
    const before = this.end(channel);
    const content = { channel, exchange, left: -1 };
    if (this.#first === null) this.#first = content;
    else {
      this.#others ??= new Map();
      if (this.#others.size >= MAX_CHANNELS) return exchange;
      this.#others.set(channel, content);
    }
    return before;
  }

  get(channel: number): Exchange | undefined {
    return this.#of(channel)?.exchange;
  }

  /** The content header has come. True if the body is empty. */
  size(channel: number, bytes: number): boolean {
    const content = this.#of(channel);
    if (content !== undefined) content.left = bytes;
    return bytes === 0;
  }

  /** A part of the body has come. True if it was the last. */
  part(channel: number, bytes: number): boolean {
    const content = this.#of(channel);
    if (content === undefined || content.left < 0) return false;
    content.left -= bytes;
    return content.left <= 0;
  }

  end(channel: number): Exchange | undefined {
    const content = this.#of(channel);
    if (content === this.#first) this.#first = null;
    else this.#others?.delete(channel);
    return content?.exchange;
  }

  drain(): Exchange[] {
    const all = [...(this.#others?.values() ?? [])].map((content) => content.exchange);
    if (this.#first !== null) all.unshift(this.#first.exchange);
    this.#first = this.#others = null;
    return all;
  }

  #of(channel: number): Content | undefined {
    return this.#first?.channel === channel ? this.#first : this.#others?.get(channel);
  }
}
