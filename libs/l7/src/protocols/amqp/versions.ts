import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import type { Conversation, ConversationContext } from '../../protocol.ts';
import { Amqp1Conversation } from '../amqp1/conversation.ts';
import { isHeader10 } from '../amqp1/frame.ts';
import { AmqpConversation } from './conversation.ts';

/**
 * AMQP 0-9-1 and 1.0 have nothing in common but name, port and the first letters: a server may even offer the one where the
 * other was asked for. A frame of 1.0 begins with the highest byte of its size, which is 0; one of 0-9-1 with its type, which is
 * not.
 */
export class AmqpVersions implements Conversation {
  readonly #context: ConversationContext;
  #old: AmqpConversation | null = null;
  #new: Amqp1Conversation | null = null;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const first = view.bytes[view.start];
    const isNew = first === 0 || (first === 0x41 && view.length >= 8 && isHeader10(view.bytes, view.start));
    if (isNew) return (this.#new ??= new Amqp1Conversation(this.#context)).parse(direction, view);
    return (this.#old ??= new AmqpConversation(this.#context)).parse(direction, view);
  }

  ended(direction: Direction): void {
    this.#old?.ended(direction);
  }

  gap(direction: Direction): boolean {
    this.#old?.gap(direction);
    this.#new?.gap(direction);
    return false;
  }

  close(): void {
    this.#old?.close();
    this.#new?.close();
  }
}
