import { TextCache } from '../../bytes/text-cache.ts';
import type { L7Options } from '../../options.ts';
import { Head } from './head.ts';
import { Targets } from './target.ts';
import { WantedHeaders } from './wanted-headers.ts';

/** What all connections of one engine use together: only one of them is read at a time. */
export class Http1Shared {
  readonly head = new Head();
  readonly texts = new TextCache(4096);
  readonly wanted: WantedHeaders;
  readonly targets: Targets;

  private constructor(options: L7Options) {
    this.wanted = new WantedHeaders(options);
    this.targets = new Targets(options);
  }

  static of(options: L7Options): Http1Shared {
    let shared = byOptions.get(options);
    if (shared === undefined) byOptions.set(options, (shared = new Http1Shared(options)));
    return shared;
  }
}

const byOptions = new WeakMap<L7Options, Http1Shared>();
