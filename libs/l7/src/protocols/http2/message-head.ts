import type { WantedHeaders } from '../http1/wanted-headers.ts';
import type { HeaderSink } from './hpack/decoder.ts';

const own: Readonly<
  Record<string, Exclude<keyof MessageHead, 'clear' | 'isPartial' | 'wants' | 'header' | 'others' | 'any'>>
> = {
  ':method': 'method',
  ':path': 'path',
  ':authority': 'authority',
  ':status': 'status',
  host: 'host',
  'user-agent': 'userAgent',
  'content-type': 'contentType',
  location: 'location',
  'grpc-status': 'grpcStatus',
  'grpc-message': 'grpcMessage',
};

/** What the records need of one header block; '' for what it has not, or what its sender's table hides. Re-used. */
export class MessageHead implements HeaderSink {
  method = '';
  path = '';
  authority = '';
  status = '';
  host = '';
  userAgent = '';
  contentType = '';
  location = '';
  grpcStatus = '';
  grpcMessage = '';
  /** It has fields that its sender's table hides. */
  isPartial = false;
  /** Names and values of headers that are configured, or carry trace context. */
  readonly others: string[] = [];
  readonly #wanted: WantedHeaders;

  constructor(wanted: WantedHeaders) {
    this.#wanted = wanted;
  }

  clear(): void {
    for (const field of Object.values(own)) this[field] = '';
    this.isPartial = false;
    this.others.length = 0;
  }

  wants(name: string): boolean {
    return Object.hasOwn(own, name) || this.#wanted.has(name);
  }

  header(name: string, value: string): void {
    if (Object.hasOwn(own, name)) this[own[name]] ||= value;
    if (this.#wanted.has(name) && this.others.length < 64) this.others.push(name, value);
  }
}
