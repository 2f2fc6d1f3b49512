import { u16be } from '../../bytes/numbers.ts';
import { ProtobufFields } from '../../bytes/protobuf-fields.ts';

export const PREFIX_BYTES = 8;
export const MAX_HEADER = 32 * 1024;
const MAGIC = 0x4b52;
const fields = new ProtobufFields();
const trace = new ProtobufFields();

/** What precedes the header: `KR`, length of the header (16), length of header and body (32). */
export const isPrefix = (bytes: Uint8Array, at: number, headerBytes: number, totalBytes: number): boolean =>
  u16be(bytes, at) === MAGIC && headerBytes >= 4 && headerBytes <= MAX_HEADER && totalBytes >= headerBytes;

/**
 *     1 direction (1 request, 2 response), 2 service id, 3 message id, 4 sequence, 5 timeout ms, 7 trace, 14 return code
 *     trace: 2 trace id, 3 span id                                 krpc, rpc meta
 */
export class KrpcHeader {
  direction = 0;
  service = 0;
  message = 0;
  sequence = 0;
  returnCode = 0;
  traceId = '';
  spanId = '';

  /** False if this is no such message, or one without direction and sequence. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.direction = this.service = this.message = this.sequence = this.returnCode = 0;
    this.traceId = this.spanId = '';
    fields.over(bytes, start, end);
    while (fields.next()) {
      if (fields.number === 7 && fields.wireType === 2) this.#trace(bytes);
      else if (fields.wireType === 0) this.#number(fields.number, fields.int32);
    }
    return fields.ok && (this.direction === 1 || this.direction === 2);
  }

  #number(number: number, value: number): void {
    if (number === 1) this.direction = value;
    else if (number === 2) this.service = value;
    else if (number === 3) this.message = value;
    else if (number === 4) this.sequence = value;
    else if (number === 14) this.returnCode = value;
  }

  #trace(bytes: Uint8Array): void {
    trace.over(bytes, fields.start, fields.end);
    while (trace.next()) {
      if (trace.wireType !== 2) continue;
      if (trace.number === 2) this.traceId = trace.text().slice(0, 128);
      else if (trace.number === 3) this.spanId = trace.text().slice(0, 128);
    }
  }
}
