import type { Exchange } from '../session/exchange.ts';

/** What a conversation reported while its protocol was still in doubt. */
export class Tentative {
  readonly asked: Exchange[] = [];
  readonly complete: Exchange[] = [];
  /** Messages read, by direction. */
  readonly messages: [number, number] = [0, 0];

  /** Nothing speaks against it: at the end of a connection a single message that was read has to be enough. */
  get plausible(): boolean {
    return this.messages[0] + this.messages[1] > 0;
  }

  /** Both directions make sense, or one of them several times over. */
  get convincing(): boolean {
    const [there, back] = this.messages;
    return (there > 0 && back > 0) || there + back >= 4;
  }
}
