import type { Readable } from 'node:stream';

/** A page of the process's HTTP port beside health and metrics; read-only. */
export interface Page {
  /** `/flow-metrics` */
  readonly path: string;
  readonly contentType: string;
  body(query: URLSearchParams): string | Readable | Promise<string | Readable>;
}

/** Pages that services offer; all of one process share its port. */
export class Pages {
  readonly #pages = new Map<string, Page>();

  /** Throws for a path that is taken. */
  add(page: Page): void {
    if (this.#pages.has(page.path)) throw new Error(`the page ${page.path} exists already`);
    this.#pages.set(page.path, page);
  }

  find(path: string): Page | undefined {
    return this.#pages.get(path);
  }
}
