import type { ProcessRequest } from '../syscalls/process-request.ts';
import { remove } from './remove.ts';
import type { Work } from './work.ts';

/** Requests that are open, by process and X-Request-ID. */
export class RequestIds {
  readonly #works = new Map<string, Work[]>();

  asked(request: ProcessRequest, work: Work): void {
    const key = keyOf(request);
    if (key === '') return;
    work.requestId = key;
    const works = this.#works.get(key);
    if (works) works.push(work);
    else this.#works.set(key, [work]);
  }

  /** The only open request of the process that makes this one with its X-Request-ID. */
  causeOf(request: ProcessRequest): Work | undefined {
    const works = this.#works.get(keyOf(request));
    return works?.length === 1 ? works[0] : undefined;
  }

  answered(work: Work): void {
    const works = this.#works.get(work.requestId);
    if (works === undefined) return;
    remove(works, work);
    if (works.length === 0) this.#works.delete(work.requestId);
  }
}

/** '' without. */
function keyOf({ pid, exchange: { x_request_id: id } }: ProcessRequest): string {
  return id === '' ? '' : `${pid} ${id}`;
}
