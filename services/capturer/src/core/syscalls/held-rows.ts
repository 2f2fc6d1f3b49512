import type { RowRequest } from './process-rows.ts';
import type { SocketState } from './socket-state.ts';

type Write = (request: RowRequest, socket: SocketState) => void;

/** So long a row waits for its parent to be decided. */
const holdUs = 2_000_000;

/** Completed requests whose parent is not decided yet: their rows wait, bounded in time. */
export class HeldRows {
  readonly #write: Write;
  #held: { readonly request: RowRequest; readonly socket: SocketState; readonly sinceUs: number }[] = [];

  constructor(write: Write) {
    this.#write = write;
  }

  /** Writes the row, or holds it while the request is undecided. */
  add(request: RowRequest, socket: SocketState, nowUs: number): void {
    if (request.isUndecided) this.#held.push({ request, socket, sinceUs: nowUs });
    else this.#write(request, socket);
  }

  /** Writes what is decided meanwhile, or has waited long enough. */
  tick(nowUs: number): void {
    this.#held = this.#held.filter(({ request, socket, sinceUs }) => {
      if (request.isUndecided && nowUs - sinceUs < holdUs) return true;
      this.#write(request, socket);
      return false;
    });
  }

  /** Writes all rows; who caused those that are undecided will not be known. */
  cut(): void {
    for (const { request } of this.#held) if (request.isUndecided) request.parent = null;
    this.flush();
  }

  flush(): void {
    for (const { request, socket } of this.#held) this.#write(request, socket);
    this.#held = [];
  }
}
