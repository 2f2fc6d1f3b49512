import { i32be, u16be, u32be } from '../../bytes/numbers.ts';

export const CommandType = { response: 0, request: 1, oneWay: 2 } as const;
export const CommandCode = { heartbeat: 0, request: 1, response: 2 } as const;
/** The longest head that has the lengths: version 2 of requests. */
export const MAX_HEAD_BYTES = 24;
const MAX_CONTENT = 256 * 1024 * 1024;
const MAX_HEADERS = 32 * 1024;

/**
 *     version 1   protocol (8) = 1, type (8), code (16), command version (8), request id (32), codec (8)
 *     version 2   protocol (8) = 2, version (8), type (8), code (16), command version (8), request id (32), codec (8),
 *                 switches (8)
 *     then        timeout ms (32) of requests, or status (16) of responses; class length (16), headers length (16),
 *                 content length (32); class, headers, content; with the first switch a CRC (32)
 *                                                            SOFABolt, RpcCommandEncoder and RpcCommandEncoderV2
 */
export class BoltCommand {
  version = 0;
  type = 0;
  code = 0;
  requestId = 0;
  status = 0;
  /** Where the class name begins. */
  classAt = 0;
  classBytes = 0;
  headersBytes = 0;
  totalBytes = 0;

  /** Bytes that this head has, to be read before `read`; 0 if these are no command. */
  static headBytes(bytes: Uint8Array, at: number): number {
    const isSecond = bytes[at] === 2;
    if (bytes[at] !== 1 && !isSecond) return 0;
    const type = bytes[isSecond ? at + 2 : at + 1];
    if (type > CommandType.oneWay) return 0;
    return (isSecond ? 12 : 10) + (type === CommandType.response ? 2 : 4) + 8;
  }

  /** False if this is no command; at least `headBytes` are there. */
  read(bytes: Uint8Array, start: number): boolean {
    const isSecond = bytes[start] === 2;
    this.version = bytes[start];
    if (isSecond && bytes[start + 1] > 2) return false;
    let at = start + (isSecond ? 2 : 1);
    this.type = bytes[at];
    this.code = u16be(bytes, at + 1);
    const commandVersion = bytes[at + 3];
    this.requestId = i32be(bytes, at + 4);
    const codec = bytes[at + 8];
    at += 9;
    const switches = isSecond ? bytes[at++] : 0;
    const isResponse = this.type === CommandType.response;
    this.status = isResponse ? u16be(bytes, at) : 0;
    at += isResponse ? 2 : 4;
    this.classBytes = u16be(bytes, at);
    this.headersBytes = u16be(bytes, at + 2);
    const contentBytes = u32be(bytes, at + 4);
    this.classAt = at + 8;
    this.totalBytes =
      this.classAt - start + this.classBytes + this.headersBytes + contentBytes + ((switches & 1) === 1 ? 4 : 0);
    if (commandVersion > 2 || switches > 1 || codec > 15) return false;
    if (this.code > CommandCode.response || this.headersBytes > MAX_HEADERS || contentBytes > MAX_CONTENT) return false;
    if (isResponse ? this.code === CommandCode.request || this.status > 19 : this.code === CommandCode.response)
      return false;
    return this.code === CommandCode.heartbeat || this.classBytes <= 256;
  }
}
