import type { RowRequest } from './process-rows.ts';
import type { SocketState } from './socket-state.ts';

type Write = (request: RowRequest, socket: SocketState) => void;

/** So long a row waits for its parent to be decided. */
const holdUs = 2_000_000;
/** Fewer that wait are looked at by `tick` alone. */
const fewHeld = 128;

/** Completed requests whose parent is not decided yet: their rows wait, bounded in time. */
export class HeldRows {
  readonly #write: Write;
  #held: { readonly request: RowRequest; readonly socket: SocketState; readonly sinceUs: number }[] = [];
  #lookAt = fewHeld;

  constructor(write: Write) {
    this.#write = write;
  }

  /** Writes the row, or holds it while the request is undecided. */
  add(request: RowRequest, socket: SocketState, nowUs: number): void {
    if (!request.isUndecided) {
      this.#write(request, socket);
      return;
    }
    this.#held.push({ request, socket, sinceUs: nowUs });
    // Most are decided soon: what is held for no reason costs the garbage collector more than looking does.
    if (this.#held.length >= this.#lookAt) this.tick(nowUs);
  }

  /** Writes what is decided meanwhile, or has waited long enough. */
  tick(nowUs: number): void {
    this.#held = this.#held.filter(({ request, socket, sinceUs }) => {
      if (request.isUndecided && nowUs - sinceUs < holdUs) return true;
      this.#write(request, socket);
      return false;
    });
    this.#lookAt = Math.max(fewHeld, 2 * this.#held.length);
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
