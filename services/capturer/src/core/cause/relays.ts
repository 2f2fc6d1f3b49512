import type { ProcessRequest } from '../syscalls/process-request.ts';
import type { Call } from './call.ts';
import { keep } from './keep.ts';
import { Relay } from './relay.ts';
import type { Work } from './work.ts';

/** Processes that are asked and call; beyond, the first ones are forgotten. */
const MAX_RELAYS = 65_536;

/** Programs that are not known by name, and pass on what they are asked: recognized by method and path. */
export class Relays {
  readonly #relays = new Map<number, Relay>();
  /** What is looked at, until it is answered. */
  readonly #keys = new Map<Work, { readonly relay: Relay; readonly key: string }>();

  /** The head of a request is known. */
  asked(request: ProcessRequest, work: Work): void {
    const { pid } = request;
    const relay = this.#relays.get(pid) ?? keep(this.#relays, pid, new Relay(work.startUs), MAX_RELAYS);
    const key = relay.isWatched ? keyOf(request) : '';
    if (key === '') return;
    relay.asked(key, work);
    this.#keys.set(work, { relay, key });
  }

  /** That of a call is: it is linked to the request that it passes on, where that is sure. */
  calls(call: Call): void {
    const relay = this.#relays.get(call.request.pid);
    if (relay === undefined) return;
    relay.calls(call);
    const key = relay.isWatched ? keyOf(call.request) : '';
    if (key !== '') relay.callsFor(key, call);
  }

  answered(work: Work): void {
    const known = this.#keys.get(work);
    if (known === undefined) return;
    this.#keys.delete(work);
    known.relay.answered(known.key, work);
  }

  /** The process has ended. */
  ended(pid: number): void {
    this.#relays.delete(pid);
  }
}

/** What is asked for; '' where that is not known. */
function keyOf({ exchange: { request_type: type, request_resource: resource } }: ProcessRequest): string {
  return resource === '' ? '' : `${type} ${pathOf(resource)}`;
}

/** A client asks a proxy for an absolute URI (RFC 9112 3.2.2), which that asks the server for by its path. */
function pathOf(resource: string): string {
  return resource.startsWith('http://') ? resource.slice(resource.indexOf('/', 7)) : resource;
}
