import type { Cursor } from '../../bytes/cursor.ts';
import { u64be } from '../../bytes/numbers.ts';
import { TextCache } from '../../bytes/text-cache.ts';

const texts = new TextCache(4096);

/** Arguments of a method. One is re-used. */
export class Arguments {
  exchange = '';
  routingKey = '';
  queue = '';
  consumerTag = '';
  virtualHost = '';
  replyText = '';
  replyCode = 0;
  deliveryTag = 0;
  bits = 0;

  /** Reads them at the cursor as the letters in `layout` say: see methods.ts. */
  read(cursor: Cursor, layout: string): void {
    this.exchange = this.routingKey = this.queue = this.consumerTag = this.virtualHost = this.replyText = '';
    this.replyCode = this.deliveryTag = this.bits = 0;
    for (const letter of layout) {
      if (letter === '2') cursor.take(2);
      else if (letter === 'b') this.bits = cursor.u8();
      else if (letter === 'R') this.replyCode = cursor.u16();
      else if (letter === 'D') {
        const at = cursor.take(8);
        this.deliveryTag = at < 0 ? 0 : u64be(cursor.bytes, at);
      } else this.#text(letter, shortString(cursor));
      if (!cursor.ok) return;
    }
  }

  #text(letter: string, value: string): void {
    if (letter === 'E') this.exchange = value;
    else if (letter === 'K') this.routingKey = value;
    else if (letter === 'Q') this.queue = value;
    else if (letter === 'C') this.consumerTag = value;
    else if (letter === 'V') this.virtualHost = value;
    else if (letter === 'X') this.replyText = value;
  }
}

/** A length of one byte, and text (AMQP 0-9-1 section 4.2.5.3). */
export function shortString(cursor: Cursor): string {
  const length = cursor.u8();
  const at = cursor.take(length);
  return at < 0 ? '' : texts.get(cursor.bytes, at, at + length);
}
