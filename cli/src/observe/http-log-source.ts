import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Failure } from '../failure.ts';
import type { LogSource, LogSourceOptions } from './log-source.ts';

/** Lines of a running `flowloom run`. */
export class HttpLogSource implements LogSource {
  readonly #url: string;

  /** @param url of the process: `http://127.0.0.1:9464` */
  constructor(url: string) {
    this.#url = url;
  }

  async *lines({ follow, last, signal }: LogSourceOptions): AsyncGenerator<string> {
    const url = new URL('/observe', this.#url);
    url.search = new URLSearchParams({ follow: String(follow), last: String(last) }).toString();
    const response = await fetch(url, { signal }).catch((error) => {
      if (signal.aborted) return undefined;
      throw new Failure(`no "flowloom run" answers at ${this.#url}: ${causeOf(error)}`);
    });
    if (response === undefined) return;
    if (!response.ok || response.body === null) {
      throw new Failure(`${this.#url} is no "flowloom run": it answers ${response.status}`);
    }
    const body = Readable.fromWeb(response.body as ReadableStream);
    try {
      yield* createInterface({ input: body.on('error', () => {}), crlfDelay: Number.POSITIVE_INFINITY });
    } finally {
      body.destroy();
    }
  }
}

function causeOf(error: Error): string {
  return error.cause instanceof Error
    ? error.cause.message || String((error.cause as { code?: string }).code)
    : error.message;
}
