import { describeCondition, type Outcome, readOutcome } from './outcome.ts';
import { endOfCompound, ValueReader } from './value-reader.ts';

/** Descriptors of the bodies of frames (part 2, section 2.7; SASL: part 5, section 5.3.3). */
export const Code = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
  mechanisms: 0x40,
  init: 0x41,
  challenge: 0x42,
  response: 0x43,
  outcome: 0x44,
} as const;

const SOURCE = 0x28;
const TARGET = 0x29;
/** Target of a link that controls transactions (part 4, section 4.5). */
const COORDINATOR = 0x30;

const values = new ValueReader();
const inner = new ValueReader();

/** The fields of one performative that the records need. One is re-used; absent is '', -1 and false. */
export class Performative {
  code = -1;
  /** Index behind it: where a message starts, in a transfer. */
  end = 0;
  /** Host of an open, name of a link, mechanism of SASL. */
  name = '';
  /** Channel of the other end, where a begin answers. */
  remoteChannel = -1;
  handle = -1;
  /** The sender of an attach or disposition receives messages. */
  isReceiver = false;
  source = '';
  target = '';
  deliveryId = -1;
  last = -1;
  settled = false;
  more = false;
  closed = false;
  /** Result of SASL, 0 for success. */
  saslCode = -1;
  readonly outcome: Outcome = { code: '', status: 'unknown', exception: '' };

  /** Reads it at [at, end). False if there is none. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    this.#clear();
    values.set(bytes, at, end);
    this.code = values.descriptor();
    this.end = endOfCompound(bytes, values.cursor.at, end);
    const fields = values.list();
    if (this.code < 0 || fields < 0 || !values.ok) return false;
    for (let i = 0; i < fields && i < 11 && values.ok && values.cursor.at < this.end; i++) this.#field(i);
    return true;
  }

  #clear(): void {
    this.name = this.source = this.target = '';
    this.remoteChannel = this.handle = this.deliveryId = this.last = this.saslCode = -1;
    this.isReceiver = this.settled = this.more = this.closed = false;
    this.outcome.code = this.outcome.exception = '';
    this.outcome.status = 'unknown';
  }

  #field(i: number): void {
    switch (this.code * 16 + i) {
      case Code.open * 16 + 1:
      case Code.attach * 16:
      case Code.init * 16:
        this.name = values.text();
        break;
      case Code.begin * 16:
        this.remoteChannel = values.uint();
        break;
      case Code.attach * 16 + 1:
      case Code.transfer * 16:
      case Code.detach * 16:
        this.handle = values.uint();
        break;
      case Code.attach * 16 + 2:
      case Code.disposition * 16:
        this.isReceiver = values.boolean();
        break;
      case Code.attach * 16 + 5:
        this.source = this.#address();
        break;
      case Code.attach * 16 + 6:
        this.target = this.#address();
        break;
      case Code.transfer * 16 + 1:
      case Code.disposition * 16 + 1:
        this.deliveryId = values.uint();
        break;
      case Code.disposition * 16 + 2:
        this.last = values.uint();
        break;
      case Code.transfer * 16 + 4:
      case Code.disposition * 16 + 3:
        this.settled = values.boolean();
        break;
      case Code.transfer * 16 + 5:
        this.more = values.boolean();
        break;
      case Code.disposition * 16 + 4:
        this.#enter((reader) => readOutcome(reader, this.outcome));
        break;
      case Code.detach * 16 + 1:
        this.closed = values.boolean();
        break;
      case Code.detach * 16 + 2:
      case Code.end * 16:
      case Code.close * 16:
        this.#enter((reader) => describeCondition(reader, this.outcome));
        break;
      case Code.outcome * 16:
        this.saslCode = values.uint();
        break;
      default:
        values.skip();
    }
  }

  /** Reads the value at hand apart, and passes over it. */
  #enter(read: (reader: ValueReader) => void): void {
    const { cursor } = values;
    const from = cursor.at;
    values.skip();
    if (values.ok) read(inner.set(cursor.bytes, from, cursor.at));
  }

  /** First field of a source or target; a coordinator of transactions has none. */
  #address(): string {
    let address = '';
    this.#enter((reader) => {
      const code = reader.descriptor();
      if (code === COORDINATOR) address = '$coordinator';
      else if ((code === SOURCE || code === TARGET) && reader.list() > 0) address = reader.text();
    });
    return address;
  }
}
