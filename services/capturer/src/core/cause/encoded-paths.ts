import type { SyscallEvent } from '../syscalls/syscall-event.ts';
import type { Call } from './call.ts';
import { keep } from './keep.ts';
import type { Unit } from './unit.ts';

const MAX_PROCESSES = 4096;
/** Of one process. */
const MAX_PATHS = 1024;
/** What is encoded is sent by then. */
const LONGEST_US = 2e6;

interface Encoded {
  readonly path: string;
  /** Each connection has a table of its own. */
  readonly table: number;
  readonly unit: Unit;
  readonly timeUs: number;
}

/**
 * Paths of requests that tasks or threads have put into a table of headers of HTTP/2 (hpack of Python, as httpx has it). Whoever has the lock of
 * its session sends what others have encoded, so who writes tells nothing; who has encoded the path has made the request. A path that
 * is in the table already is not put there again: of that nothing is known.
 */
export class EncodedPaths {
  readonly #paths = new Map<number, Encoded[]>();

  encodes({ pid, queue, bytes, start, end, timeUs }: SyscallEvent, unit: Unit): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const paths = this.#paths.get(pid) ?? keep(this.#paths, pid, [], MAX_PROCESSES);
    if (paths.length === MAX_PATHS) paths.shift();
    paths.push({ path: pathOf(text), table: queue, unit, timeUs });
  }

  /** Who has made that request. Requests are sent on their connection in the order in which they were encoded. */
  makerOf({ request: { pid, exchange }, startUs }: Call): Unit | undefined {
    const paths = this.#paths.get(pid);
    if (paths === undefined || exchange.protocol !== 'http2') return undefined;
    while (paths.length > 0 && paths[0].timeUs < startUs - LONGEST_US) paths.shift();
    const path = pathOf(exchange.request_resource);
    const [first, ...others] = paths.filter((one) => one.path === path);
    if (first === undefined || others.some(({ table }) => table !== first.table)) return undefined;
    paths.splice(paths.indexOf(first), 1);
    return first.unit;
  }

  ended(pid: number): void {
    this.#paths.delete(pid);
  }
}

/** Values of the query may be masked. */
const pathOf = (resource: string): string => resource.split('?', 1)[0];
