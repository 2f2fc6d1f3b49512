import type { Direction } from '../../direction.ts';
import type { View } from '../../engine/view.ts';
import type { Conversation, ConversationContext } from '../../protocol.ts';
import { readBinary } from './binary.ts';
import { REQUEST_MAGIC, RESPONSE_MAGIC } from './binary-header.ts';
import { readText } from './text-protocol.ts';

/** One memcached connection over TCP: text, with its meta commands, or binary, which the first byte tells. */
export class MemcachedConversation implements Conversation {
  readonly #context: ConversationContext;

  constructor(context: ConversationContext) {
    this.#context = context;
  }

  parse(direction: Direction, view: View): number {
    const read = isBinary(view.bytes[view.start]) ? readBinary : readText;
    return read(this.#context, direction, view);
  }
}

export const isBinary = (byte: number): boolean => byte === REQUEST_MAGIC || byte === RESPONSE_MAGIC;
