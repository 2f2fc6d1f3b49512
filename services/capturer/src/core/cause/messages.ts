import type { Exchange } from '@flowloom/l7';
import { keep } from './keep.ts';
import type { Work } from './work.ts';

/** Of one connection; beyond, the oldest is forgotten. */
const MAX_MESSAGES = 4096;
const acknowledgements: ReadonlySet<string> = new Set(['Basic.Ack', 'Basic.Nack', 'Basic.Reject']);

/** Whether a consumer says by it that it is done with a message, or with several. */
export const acknowledges = ({ request_type }: Exchange): boolean => acknowledgements.has(request_type);

const tagOf = ({ attributes }: Exchange): number => Number(attributes?.['rabbitmq.message.delivery_tag'] ?? 0);

interface Message {
  readonly channel: string;
  readonly tag: number;
  readonly work: Work;
}

/** Messages that came over one connection and are not acknowledged, by channel and delivery tag. */
export class Messages {
  readonly #messages = new Map<string, Message>();

  came(exchange: Exchange, work: Work): void {
    const [channel, tag] = [exchange.protocol_request_id, tagOf(exchange)];
    if (tag === 0) return;
    keep(this.#messages, `${channel} ${tag}`, { channel, tag, work }, MAX_MESSAGES);
  }

  /** The message that is acknowledged; undefined where others are with it, which came before (`multiple`). */
  acknowledged(exchange: Exchange): Work | undefined {
    const [channel, tag] = [exchange.protocol_request_id, tagOf(exchange)];
    const key = `${channel} ${tag}`;
    const message = this.#messages.get(key);
    this.#messages.delete(key);
    if (exchange.note !== 'multiple') return message?.work;
    let isAlone = true;
    for (const [other, { channel: its, tag: earlier }] of this.#messages) {
      if (its !== channel || earlier > tag) continue;
      this.#messages.delete(other);
      isAlone = false;
    }
    return isAlone ? message?.work : undefined;
  }
}
