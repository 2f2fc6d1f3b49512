import { ProtobufFields } from '../../bytes/protobuf-fields.ts';
import { text } from '../../bytes/text.ts';
import { TextCache } from '../../bytes/text-cache.ts';
import type { CommandKind } from './commands.ts';

const texts = new TextCache(4096);
const outer = new ProtobufFields();
const inner = new ProtobufFields();

const CONNECT_VERSION = 4;
const CONNECT_PROXY_TO = 6;

/** What is read of one command. One is re-used. */
export class Command {
  id = -1;
  sequence = -1;
  peer = -1;
  topic = '';
  subscription = '';
  error = -1;
  message = '';
  /** Of CONNECT. */
  version = 0;
  proxyTo = '';

  /** Reads BaseCommand in [start, end), whose field of its type's number holds the command itself. */
  read(bytes: Uint8Array, start: number, end: number, type: number, kind: CommandKind): void {
    this.id = this.sequence = this.peer = this.error = -1;
    this.topic = this.subscription = this.message = this.proxyTo = '';
    this.version = 0;
    outer.over(bytes, start, end);
    while (outer.next()) {
      if (outer.number !== type || outer.wireType !== 2) continue;
      this.#readFields(bytes, outer.start, outer.end, type, kind);
      return;
    }
  }

  #readFields(bytes: Uint8Array, start: number, end: number, type: number, kind: CommandKind): void {
    inner.over(bytes, start, end);
    while (inner.next()) {
      const { number: field, value } = inner;
      if (inner.wireType === 0) {
        if (field === kind.id) this.id = value;
        else if (field === kind.sequence) this.sequence = value;
        else if (field === kind.peer) this.peer = value;
        else if (field === kind.error) this.error = value;
        else if (type === 2 && field === CONNECT_VERSION) this.version = value;
      } else if (inner.wireType === 2) {
        if (field === kind.topic) this.topic = texts.get(bytes, inner.start, inner.end);
        else if (field === kind.subscription) this.subscription = texts.get(bytes, inner.start, inner.end);
        else if (field === kind.message) this.message = text(bytes, inner.start, inner.end, 512);
        else if (type === 2 && field === CONNECT_PROXY_TO) this.proxyTo = text(bytes, inner.start, inner.end, 256);
      }
    }
  }
}
