import type { SyscallEvent } from '../syscalls/syscall-event.ts';

const ADDRESS_BITS = 48;
const HIGH_BITS = ADDRESS_BITS - 32;

/**
 * Addresses of memory that is not its own in the registers and frames of a thread at one system call, those of the innermost frames
 * first, each with its place there: at the same step of a program the same thing is at the same place.
 */
export class HeldAddresses {
  readonly timeUs: number;
  readonly addresses: Float64Array;
  readonly places: Uint16Array;

  constructor({ timeUs, bytes, start, end }: SyscallEvent) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    const count = (end - start) >>> 3;
    this.timeUs = timeUs;
    this.addresses = new Float64Array(count);
    this.places = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const high = view.getUint32(8 * i + 4, true);
      this.addresses[i] = (high & (2 ** HIGH_BITS - 1)) * 2 ** 32 + view.getUint32(8 * i, true);
      this.places[i] = high >>> HIGH_BITS;
    }
  }
}
