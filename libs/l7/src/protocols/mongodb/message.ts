import { u32le } from '../../bytes/numbers.ts';
import { decompress } from '../../compression/decompress.ts';
import { compressors, OpCode } from './header.ts';

const COMPRESSED_HEADER = 9;

/** What stands behind the header of a message. One is re-used. */
export class Message {
  op = 0;
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  stop = 0;

  /**
   * Takes it from [at, stop). OP_COMPRESSED is original opcode (32), uncompressed size (32), compressor (8), and the message as it was: what
   * can be read of that takes its place. Returns whether it was compressed.
   */
  read(op: number, bytes: Uint8Array, at: number, stop: number): boolean {
    this.op = op;
    this.bytes = bytes;
    this.at = at;
    this.stop = stop;
    if (op !== OpCode.compressed) return false;
    if (stop - at < COMPRESSED_HEADER) return true;
    const compressor = bytes[at + 8];
    const format = compressors[compressor];
    if (compressor !== 0 && format === undefined) return true;
    const original = u32le(bytes, at);
    const from = at + COMPRESSED_HEADER;
    const plain = format === undefined ? bytes.subarray(from, stop) : decompress(format, bytes, from, stop);
    if (plain.length === 0 || original === OpCode.compressed) return true;
    this.op = original;
    this.bytes = plain;
    this.at = 0;
    this.stop = plain.length;
    return true;
  }
}
