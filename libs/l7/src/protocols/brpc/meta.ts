import { ProtobufFields } from '../../bytes/protobuf-fields.ts';

const outer = new ProtobufFields();
const inner = new ProtobufFields();

/**
 *     RpcMeta          1 request, 2 response, 3 compress type, 4 correlation id, 5 attachment size, ...
 *     RpcRequestMeta   1 service, 2 method, 3 log id, 4 trace id, 5 span id, 6 parent span id, 7 request id, 8 timeout ms
 *     RpcResponseMeta  1 error code, 2 error text                 brpc, baidu_rpc_meta.proto
 */
export class RpcMeta {
  isRequest = false;
  isResponse = false;
  service = '';
  method = '';
  requestId = '';
  logId = '';
  traceId = '';
  spanId = '';
  correlationId = '';
  errorCode = 0;
  errorText = '';

  /** False if this is no such message. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#clear();
    outer.over(bytes, start, end);
    while (outer.next()) {
      if (outer.number === 1 && outer.wireType === 2) this.#request(bytes);
      else if (outer.number === 2 && outer.wireType === 2) this.#response(bytes);
      else if (outer.number === 4 && outer.wireType === 0) this.correlationId = outer.varintText();
    }
    return outer.ok;
  }

  #clear(): void {
    this.isRequest = this.isResponse = false;
    this.service = this.method = this.requestId = this.correlationId = this.errorText = '';
    this.logId = this.traceId = this.spanId = '';
    this.errorCode = 0;
  }

  #request(bytes: Uint8Array): void {
    this.isRequest = true;
    inner.over(bytes, outer.start, outer.end);
    while (inner.next()) {
      if (inner.number === 1) this.service = inner.text();
      else if (inner.number === 2) this.method = inner.text();
      else if (inner.number === 3) this.logId = inner.varintText();
      else if (inner.number === 4) this.traceId = inner.varintText();
      else if (inner.number === 5) this.spanId = inner.varintText();
      else if (inner.number === 7) this.requestId = inner.text();
    }
  }

  #response(bytes: Uint8Array): void {
    this.isResponse = true;
    inner.over(bytes, outer.start, outer.end);
    while (inner.next()) {
      if (inner.number === 1) this.errorCode = inner.int32;
      else if (inner.number === 2) this.errorText = inner.text();
    }
  }
}
