import type { L7Options } from '../../options.ts';
import { Http1Shared } from '../http1/shared.ts';
import { FrameHeader } from './frame.ts';
import { HeaderBlock } from './header-block.ts';
import { MessageHead } from './message-head.ts';

/** What all connections of one engine use together: only one of them is read at a time. */
export class Http2Shared {
  readonly http: Http1Shared;
  readonly head: MessageHead;
  readonly block = new HeaderBlock();
  readonly frame = new FrameHeader();

  private constructor(options: L7Options) {
    this.http = Http1Shared.of(options);
    this.head = new MessageHead(this.http.wanted);
  }

  static of(options: L7Options): Http2Shared {
    let shared = byOptions.get(options);
    if (shared === undefined) byOptions.set(options, (shared = new Http2Shared(options)));
    return shared;
  }
}

const byOptions = new WeakMap<L7Options, Http2Shared>();
