import type { Exchange } from '@flowloom/l7';
import type { Work } from './work.ts';

const MAX_MESSAGES = 4096;
const acknowledgements: ReadonlySet<string> = new Set(['Basic.Ack', 'Basic.Nack', 'Basic.Reject']);

/** Whether it is a message that a broker pushes to a consumer (AMQP 0-9-1 1.8.3.13). */
export const isPushed = ({ request_type }: Exchange): boolean => request_type === 'Basic.Deliver';
/** Whether a consumer says by it that it is done with a message, or with several. */
export const acknowledges = ({ request_type }: Exchange): boolean => acknowledgements.has(request_type);

/** Messages that came over one connection and are not acknowledged, by channel and delivery tag. */
export class Messages {
  readonly #works = new Map<string, Map<number, Work>>();

  came(exchange: Exchange, work: Work): void {
    const tag = tagOf(exchange);
    if (tag === 0) return;
    let channel = this.#works.get(exchange.protocol_request_id);
    if (channel === undefined) this.#works.set(exchange.protocol_request_id, (channel = new Map()));
    if (channel.size >= MAX_MESSAGES) channel.delete(channel.keys().next().value!);
    channel.set(tag, work);
  }

  /** The message that is acknowledged; undefined where others may be with it (`multiple`), which came before. */
  acknowledged(exchange: Exchange): Work | undefined {
    const channel = this.#works.get(exchange.protocol_request_id);
    const tag = tagOf(exchange);
    const work = channel?.get(tag);
    const isOldest = channel?.keys().next().value === tag;
    channel?.delete(tag);
    return isOldest ? work : undefined;
  }
}

const tagOf = ({ attributes }: Exchange): number => Number(attributes?.['rabbitmq.message.delivery_tag'] ?? 0);
