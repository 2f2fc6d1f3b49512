import type { Exchange } from '../../session/exchange.ts';

const MAX_CHANNELS = 2048;

interface Content {
  readonly exchange: Exchange;
  /** Bytes of the body still to come; -1 before the content header. */
  left: number;
}

/** Contents under way in one direction: one at a time in each channel. */
export class Contents {
  /** null until there was one. */
  #byChannel: Map<number, Content> | null = null;

  /** A method with content has come. Returns the one before, if it never became complete. */
  start(channel: number, exchange: Exchange): Exchange | undefined {
    this.#byChannel ??= new Map();
    const before = this.end(channel);
    if (before === undefined && this.#byChannel.size >= MAX_CHANNELS) return exchange;
    this.#byChannel.set(channel, { exchange, left: -1 });
    return before;
  }

  get(channel: number): Exchange | undefined {
    return this.#byChannel?.get(channel)?.exchange;
  }

  /** The content header has come. True if the body is empty. */
  size(channel: number, bytes: number): boolean {
    const content = this.#byChannel?.get(channel);
    if (content !== undefined) content.left = bytes;
    return bytes === 0;
  }

  /** A part of the body has come. True if it was the last. */
  part(channel: number, bytes: number): boolean {
    const content = this.#byChannel?.get(channel);
    if (content === undefined || content.left < 0) return false;
    content.left -= bytes;
    return content.left <= 0;
  }

  end(channel: number): Exchange | undefined {
    const exchange = this.#byChannel?.get(channel)?.exchange;
    this.#byChannel?.delete(channel);
    return exchange;
  }

  drain(): Exchange[] {
    const all = [...(this.#byChannel?.values() ?? [])].map((content) => content.exchange);
    this.#byChannel?.clear();
    return all;
  }
}
