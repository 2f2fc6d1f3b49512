const slots = 1 << 14;
const maxCount = 0xffff;

/**
 * How often each address and port was an end of a flow, and how often surely the server's: what tells the server where
 * nothing else does, since a server's port comes again and a client's does not. A fixed table of 64 KiB; where two ends
 * meet in one place the more frequent one stays (as in the Misra-Gries summary of frequent items).
 */
export class EndpointMemory {
  /** Tag in the upper 16 bits, count in the lower. */
  readonly #cells = new Uint32Array(slots);

  /** Counts an end; `weight` says how sure it is that it is a server's. */
  learn(hash: number, weight: number): void {
    const cells = this.#cells;
    const at = hash & (slots - 1);
    const cell = cells[at];
    const count = cell & maxCount;
    if (cell >>> 16 === hash >>> 16) cells[at] = (cell & ~maxCount) | Math.min(count + weight, maxCount);
    else if (count > weight) cells[at] = cell - weight;
    else cells[at] = (hash & ~maxCount) | weight;
  }

  /** How often the end was counted; 0 where it is not remembered. */
  seen(hash: number): number {
    const cell = this.#cells[hash & (slots - 1)];
    return cell >>> 16 === hash >>> 16 ? cell & maxCount : 0;
  }
}

/** Hash of an end: its least significant and other address words, its port, and the protocol. */
export function endpointHash(address: number, upper: number, port: number, protocol: number): number {
  let hash = Math.imul(address ^ Math.imul(upper, 0x9e3779b1), 0x85ebca6b) ^ ((port << 8) | protocol);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}
