import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';
import { BerHead, berInteger } from './ber.ts';
import { isResponse, requestNames } from './operations.ts';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
/** Classes and form of an operation's tag: application, primitive or constructed. */
const APPLICATION = 0x40;
const MAX_MESSAGE = 16 * 1024 * 1024;
const outer = new BerHead();
const inner = new BerHead();

/** LDAPMessage ::= SEQUENCE { messageID INTEGER, protocolOp CHOICE, controls [0] OPTIONAL } (RFC 4511 4.1.1). One is re-used. */
export class LdapMessage {
  id = 0;
  operation = 0;
  /** Content of the operation, which may end beyond what is there. */
  from = 0;
  to = 0;
  totalBytes = 0;

  /** Reads the message at `at`: 1 if its head is there, 0 if not yet, -1 if it is none. */
  read(bytes: Uint8Array, at: number, end: number): number {
    if (at < end && bytes[at] !== SEQUENCE) return -1;
    const head = outer.read(bytes, at, end);
    if (head !== 1) return head;
    this.totalBytes = outer.to - at;
    if (this.totalBytes < 5 || this.totalBytes > MAX_MESSAGE) return -1;
    if (outer.from < end && bytes[outer.from] !== INTEGER) return -1;
    const id = inner.read(bytes, outer.from, end);
    if (id !== 1) return id;
    if (inner.to > end) return inner.to - inner.from > 4 ? -1 : 0;
    this.id = berInteger(bytes, inner.from, inner.to);
    if (this.id < 0 || this.id > 0x7fff_ffff || inner.to >= outer.to) return -1;
    const operation = inner.read(bytes, inner.to, end);
    if (operation !== 1) return operation;
    this.operation = inner.tag & 0x1f;
    this.from = inner.from;
    this.to = inner.to;
    if ((inner.tag & 0xc0) !== APPLICATION || inner.to > outer.to) return -1;
    return requestNames.has(this.operation) || isResponse(this.operation) ? 1 : -1;
  }
}

const message = new LdapMessage();

/** A message whose lengths fit each other and the segment. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction, wireEnd: number): Verdict {
  const read = message.read(bytes, start, end);
  if (read <= 0) return read === 0 && end - start < 16 ? Verdict.maybe : Verdict.no;
  const next = start + message.totalBytes;
  // behind the operation: nothing, or controls
  if (message.to !== next && (message.to >= end || bytes[message.to] !== 0xa0))
    return message.to >= end ? Verdict.maybe : Verdict.no;
  if (next > wireEnd) return Verdict.maybe;
  return next === wireEnd || bytes[next] === SEQUENCE ? Verdict.likely : Verdict.no;
}
