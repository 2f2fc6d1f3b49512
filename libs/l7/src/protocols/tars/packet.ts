import { u32be } from '../../bytes/numbers.ts';
import { TarsFields } from './tars-fields.ts';

export const LENGTH_BYTES = 4;
/** The fields that are read stand before the body, and so within this. */
export const HEAD_BYTES = 1024;
const MAX_LENGTH = 256 * 1024 * 1024;

export const lengthOf = (bytes: Uint8Array, at: number): number => u32be(bytes, at);
export const isLength = (length: number): boolean => length >= 12 && length <= MAX_LENGTH;

/**
 *     length (32), then
 *     request    1 version (1 Tars, 2 and 3 TUP), 2 packet type (1 one-way), 3 message type, 4 request id, 5 servant,
 *                6 function, 7 body, 8 timeout, 9 context, 10 status
 *     response   1 version, 2 packet type, 3 request id, 4 message type, 5 return code, 6 body, 7 status, 8 text
 *                                                                                       Tars, RequestF.tars
 *
 * TUP answers with the form of a request.
 */
export class TarsPacket {
  isRequest = false;
  version = 0;
  packetType = 0;
  requestId = 0;
  servant = '';
  func = '';
  returnCode = 0;

  /** False if these are no such fields. `end` may cut the packet behind its head. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const fields = new TarsFields(bytes, start + LENGTH_BYTES, end);
    this.servant = this.func = '';
    const numbers: number[] = [0, 0, 0, 0, 0, 0];
    for (let tag = 1; tag <= 5; tag++) {
      if (!fields.next() || fields.tag !== tag) return false;
      const isText = fields.type === 6 || fields.type === 7;
      if (isText !== (tag === 5 && isText) || fields.type === 4 || fields.type === 5) return false;
      numbers[tag] = fields.number;
      if (isText) this.servant = fields.text();
      this.isRequest = isText;
    }
    [, this.version, this.packetType] = numbers;
    this.requestId = this.isRequest ? numbers[4] : numbers[3];
    this.returnCode = this.isRequest ? 0 : numbers[5];
    if (this.version < 1 || this.version > 3 || this.packetType < 0 || this.packetType > 1) return false;
    if (!this.isRequest) return true;
    if (!fields.next() || fields.tag !== 6 || (fields.type !== 6 && fields.type !== 7)) return false;
    this.func = fields.text();
    return isName(this.servant) && isName(this.func);
  }
}

const isName = (name: string): boolean => /^[\w.:@/-]{1,256}$/.test(name);
