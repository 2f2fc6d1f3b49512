import { addDelay } from './delays.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';

/** Bit of L7_HISTORY: a response was an error. The bits below count responses. */
export const HAD_ERROR = 0x8000_0000;
/** Protocol names that one table can hold; further ones are not shown. */
const maxNames = 1024;

export type ResponseStatus = 'ok' | 'client_error' | 'server_error' | 'timeout' | 'unknown';

/** What the application protocol's parser counts on a flow. */
export class ApplicationCounters {
  readonly #memory: FlowMemory;
  /** Names by code; 0 is none. */
  readonly names: string[] = [''];
  readonly #codes = new Map<string, number>();

  constructor(memory: FlowMemory) {
    this.#memory = memory;
  }

  protocol(slot: number, name: string): void {
    let code = this.#codes.get(name);
    if (code === undefined) {
      if (this.names.length > maxNames) return;
      code = this.names.push(name) - 1;
      this.#codes.set(name, code);
    }
    this.#memory.u32[baseOf(slot) + f.L7_PROTOCOL] = code;
  }

  request(slot: number): void {
    this.#memory.u32[baseOf(slot) + f.L7_REQUEST]++;
  }

  /** `rrtUs`: from the request to this response; negative where the request was not seen. */
  response(slot: number, status: ResponseStatus, rrtUs: number): void {
    const { u32 } = this.#memory;
    const base = baseOf(slot);
    u32[base + f.L7_RESPONSE]++;
    const isError = status === 'client_error' || status === 'server_error';
    if (status === 'client_error') u32[base + f.L7_CLIENT_ERROR]++;
    else if (status === 'server_error') u32[base + f.L7_SERVER_ERROR]++;
    const history = u32[base + f.L7_HISTORY];
    const counted = (history & 0x7fff_ffff) === 0x7fff_ffff ? history : history + 1;
    u32[base + f.L7_HISTORY] = isError ? counted | HAD_ERROR : counted;
    addDelay(this.#memory, base + f.RRT, rrtUs);
  }

  timeout(slot: number): void {
    this.#memory.u32[baseOf(slot) + f.L7_TIMEOUT]++;
  }
}
