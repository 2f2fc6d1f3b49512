import { loadLibc } from '../libc.ts';
import { Ring } from './ring.ts';

/** Opens a packet socket with a small ring, as the capturer does, and closes it. Throws what the kernel says against it. */
export function openAndCloseRing(): void {
  const ring = new Ring(loadLibc(), {
    blockBytes: 1 << 16,
    blocks: 4,
    blockTimeoutMs: 50,
    hardwareTimestamps: false,
  });
  ring.close();
}
